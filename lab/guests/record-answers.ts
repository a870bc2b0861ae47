// Writes lab/guests/answers.json: what the kernels of six nodes answered to all commands of `guests: exec`.
//   node lab/guests/record-answers.ts    (as root, on Linux)
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { arpIgnoreOf, BARE_SWITCHES, BRIDGE, IP_READS, NETCONF, NFT, tablesOf } from '../../src/guests/commands.ts';
import { linksToAsk } from '../../src/guests/settings.ts';
import { KernelLab, whyNoKernelLab } from '../kernel/namespaces.ts';
import { labCluster, topologyOf } from './metal-topology.ts';

const trouble = whyNoKernelLab();
if (trouble !== undefined) throw new Error(trouble);
const topology = topologyOf(labCluster(6));
const lab = new KernelLab(topology, 'record');
try {
  const answers = topology.nodes.map(({ name }) => {
    const links = lab.exec(name, IP_READS[0]?.[1] ?? []).stdout;
    const commands = [
      ...IP_READS.map(([, command]) => command),
      NETCONF,
      arpIgnoreOf(linksToAsk(links)).command,
      ...BARE_SWITCHES.map(({ command }) => command),
      BRIDGE,
      NFT,
      ...[tablesOf('ip'), tablesOf('ip6')].flatMap((tables) => Object.values(tables) as string[][]),
    ];
    return [name, Object.fromEntries(commands.map((command) => [command.join(' '), lab.exec(name, command)]))];
  });
  const file = fileURLToPath(new URL('answers.json', import.meta.url));
  writeFileSync(file, `${JSON.stringify(Object.fromEntries(answers), null, 2)}\n`);
} finally {
  lab.close();
}

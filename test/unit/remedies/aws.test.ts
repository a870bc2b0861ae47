import { describe, expect, test } from '@jest/globals';
import type { Change } from '../../../src/model/plan.ts';
import { remediesFor } from '../../../src/remedies/index.ts';
import { firstCommand } from '../../../src/remedies/scripts.ts';
import { argumentsOf, HOSTILE } from '../../support/shell.ts';
import { shellComment, shellOption, shellWord } from '../../../src/remedies/shell.ts';

const place = { cloud: 'aws', account: '123456789012', region: 'eu-west-1' } as const;
const route = { place, table: 'rtb-1', interface: 'eni-1', node: 'a' } as const;

describe('commands', () => {
  test.each<[string, Change, string[]]>([
    [
      'switching the check off',
      { kind: 'set-forwarding', place, interface: 'eni-1', node: 'a' },
      [
        'aws ec2 modify-network-interface-attribute --network-interface-id eni-1 --no-source-dest-check --region eu-west-1',
      ],
    ],
    [
      'a higher limit of routes per table',
      { kind: 'raise-route-limit', place, table: 'rtb-1', allowed: 500 },
      [
        'aws service-quotas request-service-quota-increase --service-code vpc --quota-code L-93826ACB --desired-value 1000 --region eu-west-1',
      ],
    ],
    [
      'a tag for a table',
      { kind: 'tag-table', place, table: 'rtb-1', tag: 'kubernetes.io/cluster/shop' },
      ['aws ec2 create-tags --resources rtb-1 --tags Key=kubernetes.io/cluster/shop,Value=owned --region eu-west-1'],
    ],
    [
      'a tag less, with text that a shell would read',
      { kind: 'untag-table', place, table: 'rtb-1', tag: 'kubernetes.io/cluster/$(id)' },
      ["aws ec2 delete-tags --resources rtb-1 --tags 'Key=kubernetes.io/cluster/$(id)' --region eu-west-1"],
    ],
    ['a template, which has no such setting here', { kind: 'set-template-forwarding', place, template: 'lt-1' }, []],
    [
      'a new route',
      { kind: 'create-route', ...route, prefix: '10.244.1.0/24' },
      [
        'aws ec2 create-route --route-table-id rtb-1 --destination-cidr-block 10.244.1.0/24 --network-interface-id eni-1 --region eu-west-1',
      ],
    ],
    [
      'another target, IPv6',
      { kind: 'replace-route', ...route, prefix: 'fd00:1::/64' },
      [
        'aws ec2 replace-route --route-table-id rtb-1 --destination-ipv6-cidr-block fd00:1::/64 --network-interface-id eni-1 --region eu-west-1',
      ],
    ],
    [
      'a deletion',
      { kind: 'delete-route', place, table: 'rtb-1', prefix: '10.244.9.0/24' },
      ['aws ec2 delete-route --route-table-id rtb-1 --destination-cidr-block 10.244.9.0/24 --region eu-west-1'],
    ],
    [
      'a deletion, IPv6',
      { kind: 'delete-route', place, table: 'rtb-1', prefix: 'fd00:9::/64' },
      ['aws ec2 delete-route --route-table-id rtb-1 --destination-ipv6-cidr-block fd00:9::/64 --region eu-west-1'],
    ],
    [
      'an association',
      { kind: 'associate-table', place, subnet: 'subnet-1', table: 'rtb-1' },
      [
        'aws ec2 associate-route-table --subnet-id subnet-1 --route-table-id rtb-1 --region eu-west-1',
        '# If that answers Resource.AlreadyAssociated, the subnet has a table of its own; replace it:',
        `# aws ec2 replace-route-table-association --association-id "$(aws ec2 describe-route-tables --filters Name=association.subnet-id,Values=subnet-1 --query 'RouteTables[0].Associations[?SubnetId=='\\''subnet-1'\\''].RouteTableAssociationId | [0]' --output text --region eu-west-1)" --route-table-id rtb-1 --region eu-west-1`,
      ],
    ],
  ])('%s', (_name, change, expected) => {
    expect(remediesFor([change])).toMatchObject({ aws: expected, gcloud: [], az: [] });
  });

  test('several changes keep their order, equal ones appear once', () => {
    const off: Change = { kind: 'set-forwarding', place, interface: 'eni-1', node: 'a' };
    const create: Change = { kind: 'create-route', ...route, prefix: '10.244.1.0/24' };
    const { aws } = remediesFor([off, create, off]);
    expect(aws.map((line) => line.split(' ')[2])).toEqual(['modify-network-interface-attribute', 'create-route']);
  });

  test('two associations both keep their comments', () => {
    const subnets = ['subnet-1', 'subnet-2'].map((subnet): Change => ({
      kind: 'associate-table',
      place,
      subnet,
      table: 'rtb-1',
    }));
    expect(remediesFor(subnets).aws).toHaveLength(6);
  });

  test('the first command is no comment', () => {
    const none = remediesFor([]);
    expect(firstCommand({ ...none, aws: ['# a', 'b'], gcloud: ['c'], terraform: ['d'] })).toEqual({
      text: 'b',
      language: 'sh',
    });
    expect(firstCommand({ ...none, terraform: ['d'] })).toBeUndefined();
  });
});

describe('foreign text', () => {
  test.each(['eni-0a1', '10.244.1.0/24', 'fd00::/64', 'rtb-1/10.0.0.0/8', 'a=b', '@x'])(
    '%s needs no quotes',
    (text) => {
      expect(shellWord(text)).toBe(text);
    },
  );

  test('a leading equals sign is quoted, because zsh expands it', () => {
    expect(shellWord('=ls')).toBe("'=ls'");
  });

  // C.UTF-8 and bash are there wherever the tests of this repository run on Linux; elsewhere the words are compared.
  test.each(HOSTILE)('%j stays one argument', (text) => {
    const word = shellWord(text);
    expect(word).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
    if (process.platform === 'linux') expect(argumentsOf(word)).toEqual([text]);
  });

  test('hostile ids keep a command whole', () => {
    const change: Change = { kind: 'associate-table', place, subnet: "s'x; id\n", table: '--help' };
    const [command = '', ...comments] = remediesFor([change]).aws;
    if (process.platform === 'linux') {
      expect(argumentsOf(command)).toEqual([
        'aws',
        'ec2',
        'associate-route-table',
        '--subnet-id',
        "s'x; id\n",
        '--route-table-id=--help',
        '--region',
        'eu-west-1',
      ]);
    }
    expect(
      comments
        .join('\n')
        .split('\n')
        .every((line) => line.startsWith('# ')),
    ).toBe(true);
  });

  test('a value that looks like an option is tied to its name', () => {
    expect(shellOption('a', '-b')).toBe('--a=-b');
    expect(shellOption('a', 'b')).toBe('--a b');
  });

  test('a comment is one line', () => {
    expect(shellComment('a\nrm -rf /\u2028b')).toBe('# a rm -rf / b');
  });
});

import { startLab } from '../../../lab/servers/index.ts';
import { must } from '../../../lab/world/look.ts';
import { awsReaderSuite } from './reader-suite.ts';

awsReaderSuite('the lab', async (world) => {
  const lab = await startLab(world);
  return {
    env: lab.env,
    world: lab.world,
    showsRouteMachines: true,
    setForwarding: async (id, on) => {
      const faces = lab.world.aws.flatMap((region) => region.interfaces);
      must(
        faces.find((one) => one.id === id),
        id,
      ).sourceDestCheck = !on;
    },
    stop: () => lab.stop(),
  };
});

import { advertises, noPodRoutes } from '../../../lab/world/faults.ts';
import { expect, test } from '@jest/globals';
import { cluster, judgeWith } from '../../support/judging.ts';
import { WITHOUT_ROUTES, ruleSuite } from '../../support/rule-suite.ts';

ruleSuite('host-gw-off-link', {
  fails: [
    {
      name: 'three subnets and no routes',
      faults: [noPodRoutes()],
      says: /host-gw runs on nodes in 3 subnets/,
      advises: /vxlan/,
    },
    {
      name: 'a next hop that is nobody’s',
      world: cluster('host-gw', { subnets: 1 }),
      faults: [advertises(2, '10.40.9.9')],
      says: /announces 10\.40\.9\.9 as next hop/,
      advises: /--iface/,
    },
  ],
  gap: {
    gap: { ...WITHOUT_ROUTES.gap },
    strip: (snapshot) => ({
      ...WITHOUT_ROUTES.strip(snapshot),
      cluster: {
        ...snapshot.cluster,
        nodes: snapshot.cluster.nodes.map(({ flannel, ...node }) => ({
          ...node,
          ...(flannel === undefined ? {} : { flannel: { backendType: 'host-gw' } }),
        })),
      },
      fabrics: WITHOUT_ROUTES.strip(snapshot).fabrics.map((fabric) => ({ ...fabric, subnets: [] })),
    }),
  },
  irrelevant: [noPodRoutes()],
});

test('neighbours pass all the same', () => {
  const { judgement } = judgeWith(cluster('host-gw'), [noPodRoutes()]);
  expect({ pass: judgement.pairs.pass, fail: judgement.pairs.fail }).toEqual({ pass: 18, fail: 54 });
});

test('across subnets host-gw passes where the tables carry the routes', () => {
  expect(judgeWith(cluster('host-gw', { podRoutes: true }), []).judgement.verdict).toBe('pass');
});

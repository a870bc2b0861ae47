/** Evidence about one node, and the mode that is decided from it. */
import type { ModeContext, ModeDecision } from '../../src/judge/mode.ts';
import { decideModes } from '../../src/judge/mode.ts';
import type { NodeEvidence } from '../../src/judge/modes/guess.ts';
import { rangesFrom } from '../../src/judge/ranges.ts';
import type {
  Agent,
  AntreaConfig,
  CalicoPool,
  CiliumConfig,
  CniFacts,
  Gap,
  KubeRouterConfig,
  NodeFacts,
} from '../../src/model/snapshot.ts';

export const NODE: NodeFacts = {
  name: 'a',
  podCIDRs: ['10.244.0.0/24'],
  internalIPs: ['10.0.0.1'],
  os: 'linux',
  ready: 'True',
  unschedulable: false,
  taints: [],
  labels: {},
};

type FabricEvidence = Pick<NodeEvidence, 'fabricHoldsPodRoutes' | 'fabricAssignsPods' | 'fabricDecides' | 'isAssigned'>;

export interface Evidence {
  readonly node?: Partial<NodeFacts>;
  /** That run on the node now. */
  readonly agents?: readonly Agent[];
  readonly cni?: Partial<CniFacts>;
  readonly fabric?: Partial<FabricEvidence>;
  readonly gaps?: readonly Gap[];
  readonly wanted?: ModeContext['wanted'];
  /** Nodes beside it. */
  readonly others?: readonly NodeFacts[];
}

export function decide(evidence: Evidence): ModeDecision {
  const { agents = [], gaps = [], wanted = 'auto', others = [] } = evidence;
  const node = { ...NODE, ...evidence.node };
  const cni: CniFacts = {
    agents: agents.length === 0 ? [] : [{ node: 'a', agents }],
    complete: true,
    ...evidence.cni,
  };
  const fabric: FabricEvidence = {
    fabricHoldsPodRoutes: false,
    fabricAssignsPods: false,
    fabricDecides: false,
    isAssigned: () => false,
    ...evidence.fabric,
  };
  const findRanges = rangesFrom(cni, gaps);
  const [decision] = decideModes([node, ...others], {
    cni,
    gaps,
    wanted,
    rangesOf: (one) => findRanges(one, one.name === 'a' ? agents : []),
    fabricOf: () => fabric,
    kernelOf: () => ({ isKernelRead: false, routersWithPods: [], gatewayRoutes: 0, directRoutes: 0 }),
  });
  if (decision === undefined) throw new Error('one node has one decision');
  return decision;
}

export const backend = (backendType: string): Pick<Evidence, 'node'> => ({ node: { flannel: { backendType } } });

export const netConf = (backendType: string, directRouting = false, port?: number): Partial<CniFacts> => ({
  flannel: {
    source: 'kube-flannel/kube-flannel-cfg',
    networks: ['10.244.0.0/16'],
    backendType,
    directRouting,
    ...(port === undefined ? {} : { port }),
  },
});

export const pool = (modes: Partial<CalicoPool>): CalicoPool => ({
  name: 'p',
  cidr: '10.48.0.0/16',
  ipipMode: 'Never',
  vxlanMode: 'Never',
  disabled: false,
  ...modes,
});

export const BLOCKS: Pick<CniFacts, 'calicoBlocks'> = {
  calicoBlocks: [{ node: 'a', prefixes: ['10.48.0.0/26', '10.48.0.64/26'] }],
};

export const cilium = (more: Partial<CiliumConfig>): Pick<CniFacts, 'cilium'> => ({
  cilium: {
    source: 'kube-system/cilium-config',
    routingMode: 'native',
    ipam: 'kubernetes',
    autoDirectNodeRoutes: false,
    ...more,
  },
});

export const router = (more: Partial<KubeRouterConfig>): Pick<CniFacts, 'kubeRouter'> => ({
  kubeRouter: { source: 'kube-system/kube-router', overlay: 'subnet', encapsulation: 'ipip', mesh: true, ...more },
});

export const antrea = (encapMode: string, more: Partial<AntreaConfig> = {}): Pick<CniFacts, 'antrea'> => ({
  antrea: { source: 'kube-system/antrea-config', encapMode, tunnelType: 'geneve', encryption: 'none', ...more },
});

export const refused = (subject: string, permission: string): Gap => ({
  facet: 'cni',
  subject,
  reason: 'HTTP 403',
  permission,
});

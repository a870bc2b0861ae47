import type { V1SelfSubjectAccessReview } from '@kubernetes/client-node';

import type { KubeAuthorizer } from '../../permissions/rbac.ts';
import { badRequest } from './status.ts';
import { seconds, type Wire } from './wire.ts';

type Review = Wire<V1SelfSubjectAccessReview>;

function parse(body: string): Review {
  let review: Partial<Review> | null;
  try {
    review = JSON.parse(body) as Partial<Review> | null;
  } catch {
    throw badRequest(
      'the body of the request was in an unknown format - accepted media types include: application/json',
    );
  }
  if (review?.kind !== 'SelfSubjectAccessReview' || review.spec === undefined) {
    throw badRequest('no kind "SelfSubjectAccessReview" in the body of the request');
  }
  return review as Review;
}

/** What `kubectl auth can-i` asks. */
export function review(body: string, now: string, may: KubeAuthorizer): Review {
  const { spec } = parse(body);
  const { resourceAttributes: resource, nonResourceAttributes: path } = spec;
  const allowed =
    path !== undefined
      ? may({ verb: path.verb ?? '', group: '', resource: path.path ?? '' })
      : may({
          verb: resource?.verb ?? '',
          group: resource?.group ?? '',
          resource: [resource?.resource ?? '', ...(resource?.subresource ? [resource.subresource] : [])].join('/'),
          ...(resource?.namespace && { namespace: resource.namespace }),
          ...(resource?.name && { name: resource.name }),
        });
  const reason = 'RBAC: allowed by ClusterRoleBinding "pod-route-check" of ClusterRole "pod-route-check"';
  return {
    kind: 'SelfSubjectAccessReview',
    apiVersion: 'authorization.k8s.io/v1',
    metadata: {
      creationTimestamp: null as unknown as string,
      managedFields: [
        {
          manager: 'unknown',
          operation: 'Update',
          apiVersion: 'authorization.k8s.io/v1',
          time: seconds(now),
          fieldsType: 'FieldsV1',
          fieldsV1: { 'f:spec': {} },
        },
      ],
    },
    spec,
    status: allowed ? { allowed, reason } : { allowed },
  };
}

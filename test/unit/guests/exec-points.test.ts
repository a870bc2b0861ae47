import { expect, test } from '@jest/globals';
import { findPoints } from '../../../src/guests/exec-points.ts';
import type { HostPod } from '../../../src/model/pod.ts';

const pod = (name: string, ...containers: string[]): HostPod => ({
  namespace: 'kube-system',
  name,
  node: 'a',
  containers: containers.map((container) => ({ name: container, image: '' })),
});

test('images with ip come first, whatever the order of the pods', () => {
  const points = findPoints([pod('proxy', 'kube-proxy'), pod('canal', 'calico-node', 'kube-flannel')]);
  expect(points.map(({ container }) => container)).toEqual(['kube-flannel', 'calico-node', 'kube-proxy']);
});

test('nothing is run in pods that are no network agent’s', () => {
  const others = [pod('api', 'kube-apiserver'), pod('etcd', 'etcd'), pod('shop', 'my-kube-proxy', 'kube-flannel-x')];
  expect(findPoints(others)).toEqual([]);
});

test('three are enough', () => {
  const names = ['kube-flannel', 'calico-node', 'cilium-agent', 'kube-router', 'kube-proxy'];
  expect(findPoints([pod('all', ...names)])).toHaveLength(3);
});

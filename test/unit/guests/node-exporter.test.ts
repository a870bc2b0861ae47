import { expect, test } from '@jest/globals';
import { parseForwarding } from '../../../src/guests/node-exporter.ts';

test.each([
  ['node_netstat_Ip_Forwarding 1\n', true],
  ['node_netstat_Ip_Forwarding 2', false],
  ['# HELP node_netstat_Ip_Forwarding x\r\nnode_netstat_Ip_Forwarding 2\r\n', false],
  ['a 1\nnode_netstat_Ip_Forwarding{cluster="a b"} 1 1764072000000\n', true],
  ['node_netstat_Ip_Forwarding 1e+00\n', true],
  ['node_netstat_Ip_Forwarding 0\n', undefined],
  ['node_netstat_Ip_Forwarding NaN\n', undefined],
  ['node_netstat_Ip_ForwardingX 1\n', undefined],
  ['# node_netstat_Ip_Forwarding 1\n', undefined],
  ['my_node_netstat_Ip_Forwarding 1\n', undefined],
  ['<html>node_netstat_Ip_Forwarding</html>', undefined],
  ['', undefined],
])('%j', (metrics, forwarding) => {
  expect(parseForwarding(metrics)).toBe(forwarding);
});

/**
 * The filter names that EC2's API documentation gives for an action (service model of botocore 1.43.117). Every other
 * name is refused, as the service does; `tag:<key>` is understood wherever `tag-key` is.
 */

function words(text: string): ReadonlySet<string> {
  return new Set(text.trim().split(/\s+/));
}

export const INSTANCE_FILTERS = words(`
  affinity architecture availability-zone availability-zone-id block-device-mapping.attach-time
  block-device-mapping.delete-on-termination block-device-mapping.device-name block-device-mapping.status
  block-device-mapping.volume-id boot-mode capacity-reservation-id
  capacity-reservation-specification.capacity-reservation-preference
  capacity-reservation-specification.capacity-reservation-target.capacity-reservation-id
  capacity-reservation-specification.capacity-reservation-target.capacity-reservation-resource-group-arn
  client-token current-instance-boot-mode dns-name ebs-optimized ena-support enclave-options.enabled
  hibernation-options.configured host-id hypervisor iam-instance-profile.arn iam-instance-profile.id image-id
  instance-id instance-lifecycle instance-state-code instance-state-name instance-type instance.group-id
  instance.group-name ip-address ipv6-address kernel-id key-name launch-index launch-time
  maintenance-options.auto-recovery metadata-options.http-endpoint metadata-options.http-protocol-ipv4
  metadata-options.http-protocol-ipv6 metadata-options.http-put-response-hop-limit metadata-options.http-tokens
  metadata-options.instance-metadata-tags metadata-options.state monitoring-state
  network-interface.addresses.association.allocation-id network-interface.addresses.association.association-id
  network-interface.addresses.association.carrier-ip network-interface.addresses.association.customer-owned-ip
  network-interface.addresses.association.ip-owner-id network-interface.addresses.association.public-dns-name
  network-interface.addresses.association.public-ip network-interface.addresses.primary
  network-interface.addresses.private-dns-name network-interface.addresses.private-ip-address
  network-interface.association.allocation-id network-interface.association.association-id
  network-interface.association.carrier-ip network-interface.association.customer-owned-ip
  network-interface.association.ip-owner-id network-interface.association.public-dns-name
  network-interface.association.public-ip network-interface.attachment.attach-time
  network-interface.attachment.attachment-id network-interface.attachment.delete-on-termination
  network-interface.attachment.device-index network-interface.attachment.instance-id
  network-interface.attachment.instance-owner-id network-interface.attachment.network-card-index
  network-interface.attachment.status network-interface.availability-zone network-interface.deny-all-igw-traffic
  network-interface.description network-interface.group-id network-interface.group-name
  network-interface.ipv4-prefixes.ipv4-prefix network-interface.ipv6-address
  network-interface.ipv6-addresses.ipv6-address network-interface.ipv6-addresses.is-primary-ipv6
  network-interface.ipv6-native network-interface.ipv6-prefixes.ipv6-prefix network-interface.mac-address
  network-interface.network-interface-id network-interface.operator.managed network-interface.operator.principal
  network-interface.outpost-arn network-interface.owner-id network-interface.private-dns-name
  network-interface.private-ip-address network-interface.public-dns-name network-interface.requester-id
  network-interface.requester-managed network-interface.source-dest-check network-interface.status
  network-interface.subnet-id network-interface.tag-key network-interface.tag-value network-interface.vpc-id
  network-performance-options.bandwidth-weighting operator.managed operator.principal outpost-arn owner-id
  placement-group-name placement-partition-number platform platform-details private-dns-name
  private-dns-name-options.enable-resource-name-dns-a-record
  private-dns-name-options.enable-resource-name-dns-aaaa-record private-dns-name-options.hostname-type
  private-ip-address product-code product-code.type ramdisk-id reason requester-id reservation-id root-device-name
  root-device-type source-dest-check spot-instance-request-id state-reason-code state-reason-message subnet-id
  tag-key tenancy tpm-support usage-operation usage-operation-update-time virtualization-type vpc-id
`);

export const INTERFACE_FILTERS = words(`
  addresses.association.owner-id addresses.association.public-ip addresses.primary addresses.private-ip-address
  association.allocation-id association.association-id association.ip-owner-id association.public-dns-name
  association.public-ip attachment.attach-time attachment.attachment-id attachment.delete-on-termination
  attachment.device-index attachment.instance-id attachment.instance-owner-id attachment.status availability-zone
  availability-zone-id description group-id interface-type ipv6-addresses.ipv6-address mac-address
  network-interface-id operator.managed operator.principal owner-id private-dns-name private-ip-address
  requester-id requester-managed source-dest-check status subnet-id tag-key vpc-id
`);

export const SUBNET_FILTERS = words(`
  availability-zone availability-zone-id available-ip-address-count cidr-block customer-owned-ipv4-pool
  default-for-az enable-dns64 enable-lni-at-device-index ipv6-cidr-block-association.association-id
  ipv6-cidr-block-association.ipv6-cidr-block ipv6-cidr-block-association.state ipv6-native
  map-customer-owned-ip-on-launch map-public-ip-on-launch outpost-arn owner-id
  private-dns-name-options-on-launch.enable-resource-name-dns-a-record
  private-dns-name-options-on-launch.enable-resource-name-dns-aaaa-record
  private-dns-name-options-on-launch.hostname-type state subnet-arn subnet-id tag-key vpc-id
`);

export const VPC_FILTERS = words(`
  cidr cidr-block-association.association-id cidr-block-association.cidr-block cidr-block-association.state
  dhcp-options-id ipv6-cidr-block-association.association-id ipv6-cidr-block-association.ipv6-cidr-block
  ipv6-cidr-block-association.ipv6-pool ipv6-cidr-block-association.state is-default owner-id state tag-key vpc-id
`);

export const ROUTE_TABLE_FILTERS = words(`
  association.gateway-id association.main association.route-table-association-id association.route-table-id
  association.subnet-id owner-id route-table-id route.destination-cidr-block route.destination-ipv6-cidr-block
  route.destination-prefix-list-id route.egress-only-internet-gateway-id route.gateway-id route.instance-id
  route.nat-gateway-id route.origin route.state route.transit-gateway-id route.vpc-peering-connection-id tag-key
  vpc-id
`);

export const PREFIX_LIST_FILTERS = words(`
  owner-id prefix-list-id prefix-list-name
`);

export const REGION_FILTERS = words(`
  endpoint opt-in-status region-name
`);

export const SECURITY_GROUP_FILTERS = words(`
  description egress.ip-permission.cidr egress.ip-permission.from-port egress.ip-permission.group-id
  egress.ip-permission.group-name egress.ip-permission.ipv6-cidr egress.ip-permission.prefix-list-id
  egress.ip-permission.protocol egress.ip-permission.to-port egress.ip-permission.user-id group-id group-name
  ip-permission.cidr ip-permission.from-port ip-permission.group-id ip-permission.group-name ip-permission.ipv6-cidr
  ip-permission.prefix-list-id ip-permission.protocol ip-permission.to-port ip-permission.user-id owner-id tag-key
  vpc-id
`);

export const NETWORK_ACL_FILTERS = words(`
  association.association-id association.network-acl-id association.subnet-id default entry.cidr entry.egress
  entry.icmp.code entry.icmp.type entry.ipv6-cidr entry.port-range.from entry.port-range.to entry.protocol
  entry.rule-action entry.rule-number network-acl-id owner-id tag-key vpc-id
`);

/** How EC2's answers become objects: all of it the SDK's own but for the parser of plain XML. */
import { AwsEc2QueryProtocol, XmlShapeDeserializer } from '@aws-sdk/core/protocols';
import { parsePlainXml } from './parse-xml.ts';

/**
 * Elements that nothing here reads, in whichever answer: half of what EC2 says about an instance. They are left out
 * before objects are made of them, so the models' fields of these names are always undefined.
 */
export const UNREAD: ReadonlySet<string> = new Set([
  'amiLaunchIndex',
  'architecture',
  'attachTime',
  'attachmentId',
  'availabilityZoneId',
  'blockDeviceMapping',
  'bootMode',
  'capacityReservationSpecification',
  'clientToken',
  'cpuOptions',
  'currentInstanceBootMode',
  'deleteOnTermination',
  'ebsOptimized',
  'enaSupport',
  'enclaveOptions',
  'hibernationOptions',
  'hypervisor',
  'iamInstanceProfile',
  'imageId',
  'keyName',
  'launchTime',
  'macAddress',
  'maintenanceOptions',
  'metadataOptions',
  'monitoring',
  'networkPerformanceOptions',
  'platformDetails',
  'privateDnsName',
  'privateDnsNameOptions',
  'privateDnsNameOptionsOnLaunch',
  'productCodes',
  'requestId',
  'reservationId',
  'rootDeviceName',
  'rootDeviceType',
  'stateReason',
  'subnetArn',
  'usageOperation',
  'usageOperationUpdateTime',
  'virtualizationType',
]);

/** What the SDK's deserializer wants of a parsed answer is the root's content, without its name. */
class Ec2Deserializer extends XmlShapeDeserializer {
  protected override parseXml(xml: string): unknown {
    const parsed = parsePlainXml(xml, UNREAD);
    return parsed === undefined ? (super.parseXml(xml) as unknown) : Object.values(parsed)[0];
  }
}

export class Ec2Protocol extends AwsEc2QueryProtocol {
  constructor(options: ConstructorParameters<typeof AwsEc2QueryProtocol>[0]) {
    super(options);
    this.deserializer = new Ec2Deserializer(this.deserializer.settings);
  }
}

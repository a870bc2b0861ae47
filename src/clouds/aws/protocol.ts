/** How EC2's answers become objects: all of it the SDK's own but for the parser of plain XML. */
import { AwsEc2QueryProtocol, XmlShapeDeserializer } from '@aws-sdk/core/protocols';
import { parsePlainXml } from './parse-xml.ts';

/** What the SDK's deserializer wants of a parsed answer is the root's content, without its name. */
class Ec2Deserializer extends XmlShapeDeserializer {
  protected override parseXml(xml: string): unknown {
    const parsed = parsePlainXml(xml);
    return parsed === undefined ? (super.parseXml(xml) as unknown) : Object.values(parsed)[0];
  }
}

export class Ec2Protocol extends AwsEc2QueryProtocol {
  constructor(options: ConstructorParameters<typeof AwsEc2QueryProtocol>[0]) {
    super(options);
    this.deserializer = new Ec2Deserializer(this.deserializer.settings);
  }
}

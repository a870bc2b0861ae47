// The judge is the SDK's own parser: whatever ours takes has to come out just so.
import { parseXML } from '@aws-sdk/xml-builder';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parsePlainXml } from '../../../../src/clouds/aws/parse-xml.ts';

const ANSWER = `<?xml version="1.0" encoding="UTF-8"?>
<DescribeVpcsResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/">
    <requestId>f1e2</requestId>
    <vpcSet>
        <item>
            <vpcId>vpc-0123456789abcdef0</vpcId>
            <tagSet><item><key>Name</key><value>a &amp; b &#x41;&#66;&bogus;</value></item><item><key/><value></value></item></tagSet>
        </item>
        <item><vpcId>vpc-1</vpcId></item>
        <item><vpcId>vpc-2</vpcId><note>
        </note></item>
    </vpcSet>
</DescribeVpcsResponse>
`;

describe('plain answers', () => {
  test.each([
    ['as EC2 writes them, indented', ANSWER],
    ['in one line', ANSWER.replace(/>\s+</g, '><')],
    ['without a prolog', '<a><b>1</b></a>'],
    ['empty', '<a></a>'],
    ['empty but for a line break', '<a>\n  </a>'],
    ['with spaces that are text', '<a><b>  </b><c> x </c></a>'],
    ['with something after the root', '<a><b/></a><!-- end -->'],
    [
      'an error',
      '<Response><Errors><Error><Code>X</Code><Message>no &lt;way&gt;</Message></Error></Errors></Response>',
    ],
    ['with names of what every object has', '<a><constructor>1</constructor><toString/><b>2</b></a>'],
  ])('%s', (_, xml) => {
    const ours = parsePlainXml(xml);
    expect(ours).toBeDefined();
    expect(ours).toEqual(parseXML(xml));
  });

  const leaf = fc.stringMatching(/^[ a-z&<>"'\n]{0,30}$/).map(escape);
  const name = fc.constantFrom('item', 'name', 'a.b', 'x-y', 'routeSet');
  const tree = fc.letrec<{ node: string }>((tie) => ({
    node: fc.oneof(
      { depthSize: 'small' },
      fc.tuple(name, leaf).map(([tag, text]) => `<${tag}>${text}</${tag}>`),
      name.map((tag) => `<${tag}/>`),
      fc
        .tuple(name, fc.array(tie('node'), { minLength: 1, maxLength: 5 }), fc.constantFrom('', '\n  '))
        .map(([tag, inner, gap]) => `<${tag}>${gap}${inner.join(gap)}${gap}</${tag}>`),
    ),
  })).node;

  test('of any shape', () => {
    fc.assert(
      fc.property(fc.array(tree, { maxLength: 5 }), (inner) => {
        const xml = `<Answer xmlns="http://x/">${inner.join('')}</Answer>`;
        const ours = parsePlainXml(xml);
        expect(ours).toBeDefined();
        expect(ours).toEqual(parseXML(xml));
      }),
      { numRuns: 300 },
    );
  });
});

test('what nobody reads is left out unseen', () => {
  const xml = '<a><b>1</b><drop><b>2</b><!-- x --></drop><drop/><c><drop></drop><b>3</b></c></a>';
  expect(parsePlainXml(xml, new Set(['drop']))).toEqual({ a: { b: '1', c: { b: '3' } } });
  expect(parsePlainXml('<a><drop><b>2</b></a>', new Set(['drop']))).toBeUndefined();
});

describe('what is not plain is left to the SDK', () => {
  test.each([
    ['an attribute', '<a><b c="1">2</b></a>'],
    ['another attribute of the root', '<a b="1"/>'],
    ['CDATA', '<a><b><![CDATA[<x>]]></b></a>'],
    ['a comment', '<a><!-- x --><b/></a>'],
    ['text between elements', '<a>x<b/></a>'],
    ['text behind an element', '<a><b/> </a>'],
    ['a carriage return', '<a>\r\n<b/></a>'],
    ['a document type', '<!DOCTYPE a><a/>'],
    ['a closing tag with a space', '<a><b>1</b ></a>'],
    ['a name that would change the object itself', '<a><__proto__>1</__proto__></a>'],
    ['no XML', 'Service Unavailable'],
    ['nothing', ''],
    ['a closing tag of another name', '<a><b>1</c></a>'],
    ['a closing tag too many', '<a><b>1</a></b>'],
  ])('%s', (_, xml) => {
    expect(parsePlainXml(xml)).toBeUndefined();
  });

  test('and so is an answer that breaks off anywhere', () => {
    const whole = ANSWER.trimEnd();
    for (let end = 0; end < whole.length; end += 1) expect(parsePlainXml(whole.slice(0, end))).toBeUndefined();
  });
});

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

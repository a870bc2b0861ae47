// The floor: only downloads and parses what a run downloaded, with the parsers that the run's libraries have. Nothing is
// checked, tried again, kept or judged. Started with the path of a plan, and `own` for our own parser of XML instead of the
// SDK's.
import { readFileSync } from 'node:fs';
import { Agent as HttpAgent, request as requestHttp } from 'node:http';
import { Agent as HttpsAgent, request as requestHttps } from 'node:https';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { parseXML } from '@aws-sdk/xml-builder';
import { parsePlainXml } from '../../src/clouds/aws/parse-xml.ts';
import type { PlannedRequest } from './plan.ts';

const [, , planFile = '', parser] = process.argv;
const parse = parser === 'own' ? parsePlainXml : parseXML;
const unzip = promisify(gunzip);
const http = new HttpAgent({ keepAlive: true });
const https = new HttpsAgent({ keepAlive: true });

function download(planned: PlannedRequest): Promise<{ bytes: Buffer; zipped: boolean }> {
  const { url, method, body, headers } = planned;
  return new Promise((resolve, reject) => {
    const secure = url.startsWith('https:');
    const sent = (secure ? requestHttps : requestHttp)(url, { method, headers, agent: secure ? https : http });
    sent.once('error', reject).once('response', (response) => {
      const chunks: Buffer[] = [];
      response
        .on('data', (chunk: Buffer) => chunks.push(chunk))
        .once('error', reject)
        .once('end', () => {
          if (response.statusCode !== 200) reject(new Error(`${method} ${url}: ${String(response.statusCode)}`));
          else resolve({ bytes: Buffer.concat(chunks), zipped: response.headers['content-encoding'] === 'gzip' });
        });
    });
    sent.end(body);
  });
}

async function perform(planned: PlannedRequest): Promise<void> {
  const { bytes, zipped } = await download(planned);
  const text = (zipped ? await unzip(bytes) : bytes).toString('utf8');
  if (planned.headers['content-type'] === 'application/x-www-form-urlencoded') parse(text);
  else JSON.parse(text);
}

const plan = JSON.parse(readFileSync(planFile, 'utf8')) as PlannedRequest[];
const running: Promise<void>[] = [];
for (const planned of plan) {
  const before = planned.after.flatMap((place) => running[place] ?? []);
  running.push(Promise.all(before).then(() => perform(planned)));
}
await Promise.all(running);
http.destroy();
https.destroy();

import type { RequestListener } from 'node:http';

import { ArmApi } from './arm/server.ts';
import { writeAzureAccess, writeAzureCli } from './entra/access.ts';
import { EntraApi } from './entra/server.ts';
import { EntraTokens } from './entra/tokens.ts';
import { serve, type Desk, type Service } from './exchange.ts';
import { GceApi } from './gce/server.ts';
import { writeGoogleAccess } from './google/access.ts';
import { GoogleTokenApi, PATHS } from './google/token-server.ts';
import { GoogleTokens } from './google/tokens.ts';

/** What a process needs to know to get at a cloud of the lab. */
export interface Access {
  env: Record<string, string>;
  webIdentityEnv: Record<string, string>;
  inputs: Record<string, string>;
}

/** One service behind the common address. */
interface Counter {
  matches(path: string): boolean;
  listener: RequestListener;
}

/** One HTTPS address for Compute Engine and Azure with their token services: each knows its own paths. */
export class CloudFront {
  readonly #desk: Desk;
  readonly #googleTokens: GoogleTokens;
  readonly #entraTokens: EntraTokens;
  readonly #counters: Counter[];

  constructor(desk: Desk) {
    this.#desk = desk;
    const { world, options } = desk;
    const expired = (cloud: string) => () => options.expiredToken === true || options.expiredToken === cloud;
    this.#googleTokens = new GoogleTokens(world.gce?.[0]?.hostProject ?? 'lab', expired('google'));
    this.#entraTokens = new EntraTokens(world.azure ?? [], expired('azure'));
    const at = (service: Service, pattern: RegExp): Counter => ({
      matches: (path) => pattern.test(path),
      listener: serve(service, desk),
    });
    const google = Object.values(PATHS).join('|');
    this.#counters = [
      at(new GoogleTokenApi(desk, this.#googleTokens), new RegExp(`^(?:${google})`)),
      at(new EntraApi(this.#entraTokens), /^\/[^/]+\/(?:v2\.0|oauth2|discovery)\//),
      at(new ArmApi(desk, this.#entraTokens), /^\/(?:subscriptions|providers|tenants)(?:\/|$)/i),
      at(new GceApi(desk, this.#googleTokens), /^/),
    ];
  }

  readonly listener: RequestListener = (message, response) => {
    const path = new URL(message.url ?? '/', 'https://lab.invalid').pathname;
    this.#counters.find((one) => one.matches(path))?.listener(message, response);
  };

  /** Writes the files that credentials point to, for the clouds that this world has. */
  async writeAccess(folder: string, url: string): Promise<Access> {
    const { world } = this.#desk;
    const parts: Access[] = [];
    if (world.gce !== undefined) parts.push(await writeGoogleAccess(world.gce, this.#googleTokens, folder, url));
    if (world.azure !== undefined) parts.push(await writeAzureAccess(this.#entraTokens, folder, url));
    return {
      env: Object.assign({}, ...parts.map((one) => one.env)) as Access['env'],
      webIdentityEnv: Object.assign({}, ...parts.map((one) => one.webIdentityEnv)) as Access['env'],
      inputs: Object.assign({}, ...parts.map((one) => one.inputs)) as Access['env'],
    };
  }

  /** A folder with a stand-in `az`, to be put in PATH. */
  async writeAzureCli(folder: string): Promise<string> {
    const { world, options } = this.#desk;
    return writeAzureCli(world.azure ?? [], this.#entraTokens, folder, options.azLoggedOut === true);
  }
}

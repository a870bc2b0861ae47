/** Versions of the APIs that exist, by resource provider; any other is refused, as Resource Manager does. */
const NETWORK = `2015-06-15 2016-03-30 2016-06-01 2016-09-01 2016-12-01 2017-03-01 2017-06-01 2017-08-01 2017-09-01
  2017-10-01 2017-11-01 2018-01-01 2018-02-01 2018-04-01 2018-06-01 2018-07-01 2018-08-01 2018-10-01 2018-11-01
  2018-12-01 2019-02-01 2019-04-01 2019-06-01 2019-07-01 2019-08-01 2019-09-01 2019-11-01 2019-12-01 2020-03-01
  2020-04-01 2020-05-01 2020-06-01 2020-07-01 2020-08-01 2020-11-01 2021-02-01 2021-03-01 2021-05-01 2021-08-01
  2022-01-01 2022-05-01 2022-07-01 2022-09-01 2022-11-01 2023-02-01 2023-04-01 2023-05-01 2023-06-01 2023-09-01
  2023-11-01 2024-01-01 2024-03-01 2024-05-01 2025-05-01 2026-01-01`;
const COMPUTE = `2015-06-15 2016-03-30 2017-03-30 2017-12-01 2018-04-01 2018-06-01 2018-10-01 2019-03-01 2019-07-01
  2019-12-01 2020-06-01 2020-12-01 2021-03-01 2021-04-01 2021-07-01 2021-11-01 2022-03-01 2022-08-01 2022-11-01
  2023-03-01 2023-07-01 2023-09-01 2024-03-01 2024-07-01 2026-03-01 2026-04-01`;
const SUBSCRIPTIONS = '2015-11-01 2016-06-01 2018-06-01 2019-06-01 2019-11-01 2020-01-01 2021-01-01 2022-12-01';

const list = (text: string): readonly string[] => text.split(/\s+/);

export const API_VERSIONS = {
  network: list(NETWORK),
  compute: list(COMPUTE),
  subscriptions: list(SUBSCRIPTIONS),
  /** Network interfaces of scale sets are described, and called by the vendor's own client, in this version only. */
  scaleSetInterfaces: ['2018-10-01'],
} as const satisfies Record<string, readonly string[]>;

export type ApiFamily = keyof typeof API_VERSIONS;

// ncc has no declarations of its own; these are the parts that scripts/build.ts uses.
declare module '@vercel/ncc' {
  export interface NccOptions {
    readonly cache?: false | string;
    readonly license?: string;
    readonly mainFields?: readonly string[];
    readonly quiet?: boolean;
  }

  export interface NccOutput {
    readonly code: string;
    /** By file name; lazily loaded chunks are among them. */
    readonly assets: Readonly<Record<string, { readonly source: string | Buffer }>>;
  }

  export default function ncc(entry: string, options?: NccOptions): Promise<NccOutput>;
}

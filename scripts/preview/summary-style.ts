// How GitHub shows Markdown, as far as a job summary uses it.

export const SUMMARY_STYLE = `
body { max-width: 1012px; margin: 24px auto; padding: 0 32px; color: #1f2328; background: #fff;
  font: 16px/1.5 -apple-system, "Segoe UI", "Noto Sans", Helvetica, Arial, sans-serif; }
h1, h3 { margin: 24px 0 16px; font-weight: 600; line-height: 1.25; }
h3 { font-size: 1.25em; }
p, table, pre, ul, details { margin: 0 0 16px; }
a { color: #0969da; }
code, pre { font: 85%/1.45 ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; }
code { padding: .2em .4em; border-radius: 6px; background: #818b981f; }
pre { padding: 16px; overflow: auto; border-radius: 6px; background: #f6f8fa; font-size: 100%; }
pre code { padding: 0; background: none; }
table { display: block; width: max-content; max-width: 100%; overflow: auto; border-spacing: 0; border-collapse: collapse; }
th, td { padding: 6px 13px; border: 1px solid #d1d9e0; text-align: left; }
th { font-weight: 600; }
tr:nth-child(2n) { background: #f6f8fa; }
details > summary { cursor: pointer; }
sub { font-size: 75%; color: #59636e; }
`;

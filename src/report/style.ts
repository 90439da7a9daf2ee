/**
 * The page's style sheet: two colour schemes, one column, figures that wrap on a narrow screen.
 *
 * @module
 */

/** Colours that arms are told apart by, for trained arms in order; light scheme first. */
const ARM_COLOURS = [
  ["#1f6fb4", "#6cb0f0"],
  ["#c4581a", "#f2975c"],
  ["#14806a", "#4cc7a8"],
  ["#7d4bab", "#bd97ea"],
  ["#b3305a", "#f285a8"],
  ["#6f7416", "#c3c85a"],
  ["#0e7f95", "#5cc8dd"],
  ["#8a5a2b", "#d6a878"],
] as const;
/** Untrained arms are grey, so that what training did stands out. */
const BASE_COLOURS = [["#8b929c", "#858e9a"], ["#565d67", "#b6bec9"], ["#a9afb8", "#69727e"]] as const;

/** CSS colour of an arm, by its place among the trained or the untrained ones. */
export function armColour(trained: boolean, index: number): string {
  return trained ? `var(--arm-${index % ARM_COLOURS.length})` : `var(--base-${index % BASE_COLOURS.length})`;
}

function colourVariables(scheme: 0 | 1): string {
  return [
    ...ARM_COLOURS.map((colours, i) => `--arm-${i}:${colours[scheme]}`),
    ...BASE_COLOURS.map((colours, i) => `--base-${i}:${colours[scheme]}`),
  ].join(";");
}

/** The style sheet. */
export const STYLE = `
:root{color-scheme:light dark;--paper:#fdfdfc;--panel:#f4f4f1;--ink:#1d2126;--soft:#5c636d;--line:#dcdcd6;--good:#14703f;--bad:#ad2c2c;--warn:#8a5a00;--heat:#1f6fb4;${
  colourVariables(0)
}}
@media (prefers-color-scheme:dark){:root{--paper:#14171b;--panel:#1d2127;--ink:#e4e6e9;--soft:#a0a8b3;--line:#343a43;--good:#63c98f;--bad:#f08a84;--warn:#e0b060;--heat:#6cb0f0;${
  colourVariables(1)
}}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%;scroll-padding-top:1rem}
body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",sans-serif}
main,footer{max-width:70rem;margin:0 auto;padding:0 1.25rem}
header{padding-top:2.5rem}
h1{font-size:1.9rem;line-height:1.2;margin:0 0 .4rem;letter-spacing:-.01em}
h2{font-size:1.3rem;margin:3.2rem 0 .3rem;padding-top:1rem;border-top:1px solid var(--line)}
h3{font-size:1rem;margin:1.8rem 0 .3rem}
p{margin:.5rem 0;max-width:46rem}
.lead{font-size:1.08rem}
.soft,figcaption,caption,.note{color:var(--soft)}
.note{font-size:.88rem}
code,pre,.mono{font-family:ui-monospace,"SF Mono",Menlo,Consolas,"Liberation Mono",monospace;font-size:.88em}
a{color:inherit;text-decoration-color:var(--soft);text-underline-offset:.15em}
:focus-visible{outline:2px solid var(--arm-0);outline-offset:2px}
nav ul{list-style:none;display:flex;flex-wrap:wrap;gap:.2rem 1.1rem;margin:1.1rem 0 0;padding:0;font-size:.92rem}
.warning{border-left:3px solid var(--warn);padding:.2rem 0 .2rem .9rem;max-width:46rem}
.findings{margin:.8rem 0;padding:0;list-style:none;max-width:50rem}
.findings li{margin:.45rem 0;padding-left:1.5rem;position:relative}
.findings li::before{position:absolute;left:.2rem;content:"·";font-weight:700}
.findings .up::before{content:"▲";color:var(--good);font-size:.8em;top:.15em}
.findings .down::before{content:"▼";color:var(--bad);font-size:.8em;top:.15em}
.findings .mixed::before{content:"◆";color:var(--warn);font-size:.8em;top:.15em}
.findings .same::before{content:"≈";color:var(--soft)}
.wide{overflow-x:auto;max-width:100%}
table{border-collapse:collapse;font-size:.92rem;font-variant-numeric:tabular-nums lining-nums;margin:.8rem 0 .4rem}
caption{text-align:left;padding:0 0 .5rem;font-size:.9rem}
caption span{display:block;position:sticky;left:0;max-width:min(46rem,calc(100vw - 2.5rem))}
th,td{padding:.32rem .9rem .32rem 0;text-align:right;vertical-align:top;white-space:nowrap}
th:first-child{text-align:left;position:sticky;left:0;background:var(--paper)}
td.text,th.text{text-align:left}
thead th{border-bottom:1px solid var(--ink);font-weight:600;vertical-align:bottom}
tbody th{font-weight:400}
tbody tr+tr>*{border-top:1px solid var(--line)}
td .range,th .range{display:block;color:var(--soft);font-size:.82em;line-height:1.3}
td.best{font-weight:650}
td.best .range{font-weight:400}
.good{color:var(--good)}.bad{color:var(--bad)}
.swatch{display:inline-block;width:.7em;height:.7em;border-radius:50%;margin-right:.5em;background:var(--c);vertical-align:baseline}
.legend svg{display:inline;vertical-align:middle;margin-right:.45em}
.legend{display:flex;flex-wrap:wrap;gap:.2rem 1.2rem;margin:.7rem 0;padding:0;list-style:none;font-size:.88rem}
.figures{display:flex;flex-wrap:wrap;gap:1.2rem;margin:.6rem 0}
figure{margin:.4rem 0}
.figures>figure{display:table}.figures figcaption{display:table-caption;caption-side:top}
.figures>figure{flex:0 1 auto;max-width:100%}
figcaption{font-size:.9rem;margin-bottom:.15rem}
figcaption b{color:var(--ink);font-weight:600}
svg{display:block;max-width:100%;height:auto;font-family:inherit;overflow:hidden}
svg text{font-variant-numeric:tabular-nums}
details{border-top:1px solid var(--line);max-width:100%}
details details{margin-left:1rem}
details:last-of-type{border-bottom:1px solid var(--line)}
summary{cursor:pointer;padding:.4rem 0}
summary:hover{background:var(--panel)}
details>div{padding:.1rem 0 .9rem}
.sample{margin:.9rem 0;padding:.7rem .9rem;background:var(--panel);border-radius:4px}
.sample pre{margin:.4rem 0;white-space:pre-wrap;overflow-wrap:anywhere;max-height:24rem;overflow-y:auto}
.verdict{font-weight:600}
.thought{list-style:none;display:flex;flex-wrap:wrap;gap:.5rem 2px;margin:.6rem 0 .2rem;padding:0;font-size:.78rem;line-height:1.2}
.thought li{width:2.9rem;text-align:center}
.thought .bar{display:flex;flex-direction:column-reverse;height:4.6rem;border-radius:2px;overflow:hidden;background:var(--paper)}
.thought .bar i{display:block;flex:0 0 calc(var(--w)*100%);background:var(--heat);opacity:var(--o);border-top:1px solid var(--panel)}
.thought b{display:block;font:600 .95em ui-monospace,Menlo,Consolas,monospace;overflow:hidden;text-overflow:ellipsis;white-space:pre}
.thought small{display:block;color:var(--soft);overflow:hidden;text-overflow:ellipsis;white-space:pre}
dl{display:grid;grid-template-columns:max-content 1fr;gap:.35rem 1.4rem;max-width:58rem;font-size:.94rem}
dt{font-weight:600}dd{margin:0}
footer{margin-top:4rem;padding-top:1rem;padding-bottom:3rem;border-top:1px solid var(--line);color:var(--soft);font-size:.9rem}
@media (max-width:40rem){dl{display:block}dd{margin:0 0 .6rem}h1{font-size:1.5rem}}
@media print{details:not([open])>*{display:block}nav{display:none}}
`.trim();

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
const BASE_COLOURS = [["#7d8590", "#858e9a"], ["#4d545e", "#b6bec9"], ["#8f8578", "#8a8072"]] as const;

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

/** Colours and type: what every page of this program shares. */
export const BASE_STYLE = `
:root{color-scheme:light dark;--paper:#fdfdfc;--panel:#f4f4f1;--ink:#1d2126;--soft:#5c636d;--line:#dcdcd6;--good:#14703f;--bad:#ad2c2c;--warn:#8a5a00;--heat:#1f6fb4;${
  colourVariables(0)
}}
@media (prefers-color-scheme:dark){:root{--paper:#14171b;--panel:#1d2127;--ink:#e4e6e9;--soft:#a0a8b3;--line:#343a43;--good:#63c98f;--bad:#f08a84;--warn:#e0b060;--heat:#6cb0f0;${
  colourVariables(1)
}}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%;scroll-padding-top:1rem}
body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",sans-serif}
main,footer{max-width:74rem;margin:0 auto;padding:0 1.25rem}
header{padding-top:1.2rem}
h1{font-size:1.05rem;line-height:1.3;margin:0;font-weight:600}
h2{font-size:1.3rem;margin:3.2rem 0 .3rem;padding-top:1rem;border-top:1px solid var(--line)}
h3{font-size:1rem;margin:1.8rem 0 .3rem}
p{margin:.5rem 0;max-width:46rem}
.lead{margin:.1rem 0;max-width:none}
.soft,.lead,figcaption,caption,.note{color:var(--soft)}
.note{font-size:.88rem}
code,pre,.mono{font-family:ui-monospace,"SF Mono",Menlo,Consolas,"Liberation Mono",monospace;font-size:.88em}
a{color:inherit;text-decoration-color:var(--soft);text-underline-offset:.15em}
:focus-visible{outline:2px solid var(--arm-0);outline-offset:2px}
nav ul{list-style:none;display:flex;flex-wrap:wrap;gap:.2rem 1.1rem;margin:1.1rem 0 0;padding:0;font-size:.92rem}
.warning{border-left:3px solid var(--warn);padding:.2rem 0 .2rem .9rem;max-width:46rem}
.good{color:var(--good)}.bad{color:var(--bad)}
.swatch{display:inline-block;width:.7em;height:.7em;border-radius:50%;margin-right:.5em;background:var(--c);vertical-align:baseline}
.legend{display:flex;flex-wrap:wrap;gap:.2rem 1.2rem;margin:.7rem 0;padding:0;list-style:none;font-size:.88rem}
.legend svg{display:inline;vertical-align:middle;margin-right:.45em}
.sample{margin:.9rem 0;padding:.7rem .9rem;background:var(--panel);border-radius:4px}
.sample pre{margin:.4rem 0;white-space:pre-wrap;overflow-wrap:anywhere;max-height:24rem;overflow-y:auto}
figure{margin:.4rem 0;min-width:0}
.figures{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,33rem),1fr));gap:1.2rem 2rem;margin:.6rem 0}
figcaption{font-size:.9rem;margin-bottom:.15rem}
figcaption b{color:var(--ink);font-weight:600}
svg{display:block;max-width:100%;height:auto;font-family:inherit;overflow:visible}
svg text{font-variant-numeric:tabular-nums}
footer{margin-top:4rem;padding-top:1rem;padding-bottom:3rem;border-top:1px solid var(--line);color:var(--soft);font-size:.9rem}
`.trim();

/** Tables, and what scrolls. */
const TABLE_STYLE = `
.wide{overflow-x:auto;max-width:100%}
.hint{display:none;margin:.2rem 0 0;color:var(--soft);font-size:.8rem}
.overflows>.hint{display:block}
table{border-collapse:collapse;font-size:.88rem;font-variant-numeric:tabular-nums lining-nums;margin:.8rem 0 .4rem}
caption{text-align:left;padding:0 0 .5rem;font-size:.9rem}
caption span{display:block;position:sticky;left:0;max-width:min(46rem,calc(100vw - 2.5rem))}
th,td{padding:.32rem .75rem .32rem 0;text-align:right;vertical-align:top;white-space:nowrap}
th:first-child{text-align:left;position:sticky;left:0;background:var(--paper)}
tbody th .range{white-space:normal;max-width:27rem;overflow-wrap:anywhere}
td.text,th.text{text-align:left}
thead th{white-space:normal;border-bottom:1px solid var(--ink);font-weight:600;vertical-align:bottom}
thead button{all:unset;cursor:pointer;font:inherit}
thead button:focus-visible{outline:2px solid var(--arm-0);outline-offset:2px}
thead [aria-sort=descending] button::after{content:" ↓"}
thead [aria-sort=ascending] button::after{content:" ↑"}
tbody th{font-weight:400}
tbody tr+tr>*{border-top:1px solid var(--line)}
td .range,th .range{display:block;color:var(--soft);font-size:.82em;line-height:1.3}
td.best{font-weight:650}
td.best .range{font-weight:400}
.filter{display:block;margin:.8rem 0 0;font-size:.88rem;color:var(--soft)}
input,select{font:inherit;color:var(--ink);background:var(--paper);border:1px solid var(--soft);border-radius:4px;padding:.15rem .5rem}
`.trim();

/** The first screen, and what else this page has. */
const PAGE_STYLE = `
.headline{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,30rem),1fr));gap:.4rem 3rem;margin:.8rem 0 0;align-items:start}
.result{font-size:1.6rem;line-height:1.22;font-weight:650;letter-spacing:-.012em;margin:.2rem 0 .9rem}
.quote{display:flex;flex-wrap:wrap;align-items:baseline;gap:.1rem .9rem;border-left:4px solid var(--ink);padding-left:.9rem}
.quote b{font-size:1.3rem;width:100%}
.quote span{color:var(--soft)}
.findings{margin:.8rem 0;padding:0;list-style:none;max-width:50rem}
.findings li{margin:.45rem 0;padding-left:1.5rem;position:relative}
.findings li::before{position:absolute;left:.2rem;content:"·";font-weight:700}
.findings .up::before{content:"▲";color:var(--good);font-size:.8em;top:.15em}
.findings .down::before{content:"▼";color:var(--bad);font-size:.8em;top:.15em}
.findings .mixed::before{content:"◆";color:var(--warn);font-size:.8em;top:.15em}
.findings .same::before{content:"≈";color:var(--soft)}
.scale{display:flex;align-items:center;gap:.6rem;font-size:.88rem;color:var(--soft);max-width:none}
details{border-top:1px solid var(--line);max-width:100%}
details details{margin-left:1rem}
details:last-of-type{border-bottom:1px solid var(--line)}
summary{cursor:pointer;padding:.4rem 0}
summary:hover{background:var(--panel)}
details>div{padding:.1rem 0 .9rem}
dl{display:grid;grid-template-columns:max-content 1fr;gap:.35rem 1.4rem;max-width:58rem;font-size:.94rem}
dt{font-weight:600}dd{margin:0;min-width:0;overflow-wrap:anywhere}
`.trim();

/** Samples and their thoughts. */
const VIEWER_STYLE = `
.verdict{font-weight:600}
.problem pre{margin:.4rem 0;white-space:pre-wrap;overflow-wrap:anywhere;max-height:24rem;overflow-y:auto}
.tools{display:flex;flex-wrap:wrap;gap:.4rem 1.2rem;align-items:baseline;margin:.8rem 0;font-size:.9rem;color:var(--soft)}
.tools label{display:flex;gap:.4rem;align-items:baseline;max-width:100%}.tools select{min-width:0;max-width:20rem}
.lane{display:flex;align-items:flex-start;width:max-content;min-width:100%;border-top:1px solid var(--line);padding:.3rem 0}
.lane[hidden],.numbers[hidden],.problem[hidden]{display:none}
.who{position:sticky;left:0;z-index:1;flex:0 0 21rem;padding-right:1rem;background:var(--paper);font-size:.85rem;line-height:1.35}
.who>span{display:block}.who .swatch,.who .verdict{display:inline-block}
.who .range{color:var(--soft);font-size:.9em}
.strip{list-style:none;display:flex;margin:0;padding:2px;font-size:.74rem;line-height:1.2}
.strip li{flex:0 0 3.6rem;padding:1px;border:1px solid transparent;border-radius:3px;text-align:center;white-space:pre;overflow:hidden;text-overflow:ellipsis;color:var(--soft);cursor:pointer}
.strip li.at{border-color:var(--ink)}
.strip i{display:block;height:2.4rem;margin-bottom:2px;background:linear-gradient(to top,var(--heat) 0 var(--a),color-mix(in srgb,var(--heat) 45%,var(--panel)) var(--a) var(--b),var(--panel) var(--b))}
.strip b{font:600 1.05em ui-monospace,Menlo,Consolas,monospace;color:var(--ink)}
.numbers td b,.at-step td b{font:600 1em ui-monospace,Menlo,Consolas,monospace}.at-step table{font-size:.8rem}.at-step td,.at-step th{white-space:normal;text-align:left}
.numbers summary{font-size:.88rem;color:var(--soft);padding:.15rem 0}
.numbers details,.numbers details:last-of-type{margin-left:0;border:0}
`.trim();

/** A phone: pictures keep their size and scroll, so that their names stay readable. */
const NARROW_STYLE = `
@media (max-width:40rem){dl{display:block}dd{margin:0 0 .6rem}.result{font-size:1.35rem}.hint{display:block}.fits>.hint{display:none}tbody th .range{max-width:11rem}caption span{max-width:calc(100vw - 2.5rem)}.lane{flex-direction:column}.who{flex:none;max-width:calc(100vw - 2.5rem)}}
`.trim();

/** Paper: nothing scrolls, nothing is folded up, nothing is cut. */
const PRINT_STYLE = `
@page{size:A4 landscape;margin:11mm}
@media print{
:root{--paper:#fff;font-size:12px}
body{font-size:9.5pt;line-height:1.4}
main,footer{max-width:none;padding:0}
nav,.hint,.filter,.tools,.at-step{display:none!important}
h2{break-after:avoid;margin-top:1.4rem}h3,caption,figcaption,section>.soft{break-after:avoid}
figure,tr,.lane{break-inside:avoid}
.wide{overflow:visible}
.wide>svg{min-width:0!important}
.figures{grid-template-columns:1fr 1fr;gap:.6rem 1.4rem}
.headline{grid-template-columns:1fr 1fr}
table{font-size:7.4pt;margin:.4rem 0}
th,td{padding:.15rem .6rem .15rem 0}
th:first-child,caption span{position:static;max-width:none}
tbody th .range{max-width:24rem}
td,th{white-space:normal}
td .range{white-space:nowrap}
.problem pre{max-height:none}
.lane{width:auto}.who{position:static}.strip{flex-wrap:wrap}
details::details-content{content-visibility:visible;display:block;height:auto;opacity:1}
details:not([open])>*{display:block}
}
`.trim();

/** The style sheet. */
export const STYLE = [BASE_STYLE, TABLE_STYLE, PAGE_STYLE, VIEWER_STYLE, NARROW_STYLE, PRINT_STYLE].join("\n");

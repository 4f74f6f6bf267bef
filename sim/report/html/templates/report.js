// What a reader can move: the instant that is looked at, and the window of messages.
// Everything it shows is in the page's data; nothing is loaded. Without it the page is still whole.
"use strict";

const KEYS = ["unused", "fresh", "stale", "cut", "down"];
const WORDS = ["not in use", "fresh", "stale", "cut off", "down"];
const LETTERS = "–FSCD";
const UNUSED = 0, FRESH = 1;
const NAMED = 3;
const PLAY_MS = 120;
const ARROWS_MAX = 400;
const NARROW = 560;
const DATA = JSON.parse(document.getElementById("data").textContent);

// ---- words, as the page was written with them -------------------------------------------------

function seconds(value) {
  if (value === null) return "–";
  if (value >= 100) return `${value.toFixed(0)} s`;
  return `${Number(value.toPrecision(value >= 0.1 ? 3 : 2))} s`;
}

function sentence(steps, at) {
  const told = WORDS.map((word, code) => {
    const names = steps.labels.filter((_, one) => Number(steps.code[one][at]) === code);
    const which = code !== FRESH && names.length <= NAMED ? ` (${names.join(", ")})` : "";
    return names.length ? `${names.length} ${word}${which}` : "";
  });
  const share = Number(steps.root.coverage[at].toPrecision(3));
  const name = steps.root.name, down = steps.root.down[at] === "1" ? `${name} is down. ` : "";
  return `At ${steps.told[at]}: ${told.filter(Boolean).join(", ")}. ${down}` +
    `${name} knows ${share} % of the agents within the bound; ` +
    `the oldest is ${seconds(steps.root.age[at])} old.`;
}

function besides(steps, one, at) {
  const count = steps.alarms.length ? steps.alarms[one][at] : 0;
  const alarm = count ? `${count} alarm${count > 1 ? "s" : ""}` : "alert";
  const lies = steps.lying[one][at] === "1", alerts = steps.alerting[one][at] === "1";
  return { lies, alerts, words: [...(lies ? ["lies"] : []), ...(alerts ? [alarm] : [])].join(", ") };
}

// ---- one instant -------------------------------------------------------------------------------

function showStates(run, steps, at) {
  const root = run.querySelector(".map .root");
  if (root) root.classList.toggle("down", steps.root.down[at] === "1");
  const rows = run.querySelectorAll(".states tbody tr");
  steps.labels.forEach((_, one) => {
    const code = Number(steps.code[one][at]), more = besides(steps, one, at);
    rows[one].className = KEYS[code];
    const cells = rows[one].querySelectorAll("td");
    const words = code === UNUSED ? [WORDS[code], "–", "–", more.words]
      : [WORDS[code], seconds(steps.age[one][at]), `${steps.coverage[one][at]} %`, more.words];
    words.forEach((text, place) => { cells[place].textContent = text; });
    const spot = run.querySelector(`.spot[data-member="${one}"]`);
    if (!spot) return;
    spot.className = `spot ${KEYS[code]}`;
    spot.querySelector("b").textContent = LETTERS[code];
    spot.querySelector(".lies").hidden = !more.lies;
    spot.querySelector(".alerts").hidden = !more.alerts;
  });
}

function scrubber(run, data, charts) {
  const steps = data.steps, input = run.querySelector(".at");
  if (!steps) return;
  const show = () => {
    const at = Number(input.value), time = steps.told[at];
    run.style.setProperty("--at", (100 * steps.time[at]) / data.duration);
    run.querySelector(".scrub output").textContent = time;
    input.setAttribute("aria-valuetext", time);
    run.querySelectorAll(".when").forEach((place) => { place.textContent = `at ${time}`; });
    run.querySelector(".now").textContent = sentence(steps, at);
    showStates(run, steps, at);
    charts.moveTo(steps.time[at]);
  };
  const go = (at) => { input.value = at; show(); };
  input.addEventListener("input", show);
  run.querySelectorAll(".timeline .track").forEach((track) => track.addEventListener("click", (event) => {
    const box = track.getBoundingClientRect();
    go(nearest(steps.time, (data.duration * (event.clientX - box.left)) / box.width));
  }));
  events(run, data, go);
  player(run, input, go);
  show();
}

function nearest(times, wanted) {
  return times.reduce((best, time, at) =>
    Math.abs(time - wanted) < Math.abs(times[best] - wanted) ? at : best, 0);
}

function events(run, data, go) {
  const instants = [...new Set([0, data.duration, ...data.heals,
    ...data.bands.flatMap((band) => [band.begin_s, band.end_s])])].sort((a, b) => a - b);
  const times = data.steps.time;
  const places = [...new Set(instants.map((instant) => nearest(times, instant)))];
  const now = () => Number(run.querySelector(".at").value);
  run.querySelector(".before").addEventListener("click", () =>
    go([...places].reverse().find((place) => place < now()) ?? 0));
  run.querySelector(".after").addEventListener("click", () =>
    go(places.find((place) => place > now()) ?? times.length - 1));
}

function player(run, input, go) {
  const button = run.querySelector(".play");
  let timer = null;
  const stop = () => {
    clearInterval(timer);
    timer = null;
    button.textContent = "▶";
    button.setAttribute("aria-label", "Play");
  };
  button.addEventListener("click", () => {
    if (timer) return stop();
    if (Number(input.value) >= Number(input.max)) go(0);
    button.textContent = "❚❚";
    button.setAttribute("aria-label", "Pause");
    const stride = Math.max(1, Math.round(input.max / 200));
    timer = setInterval(() => {
      go(Math.min(Number(input.value) + stride, Number(input.max)));
      if (Number(input.value) >= Number(input.max)) stop();
    }, PLAY_MS);
  });
  input.addEventListener("pointerdown", stop);
}

// ---- charts ------------------------------------------------------------------------------------

function colour(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}

const DASHES = { first: "solid", second: "dash", third: "dot", fourth: "dashdot", inside: "dot", pale: "solid" };

function traces(chart, size) {
  const lines = chart.curves.map((curve) => ({
    x: curve.x.map((time) => time / size), y: curve.y, name: curve.label, mode: "lines", connectgaps: false,
    line: {
      color: colour(curve.look === "pale" ? "fault" : curve.look), width: curve.look === "pale" ? 1 : 2,
      dash: DASHES[curve.look], shape: curve.is_step ? "hv" : "linear",
    },
  }));
  const marks = chart.marks.map((mark) => ({
    x: [mark.x / size], y: [mark.y], name: mark.label, mode: "markers", showlegend: false,
    hovertemplate: `${escaped(mark.label)}<extra></extra>`,
    marker: {
      symbol: mark.is_censored ? "x-open" : "diamond", size: 11,
      color: colour(mark.is_censored ? "bad" : "good"), line: { width: 2 },
    },
  }));
  return [...lines, ...marks];
}

// plotly reads some tags in texts
function escaped(text) {
  return text.replace(/&/g, "&amp;").replace(/</g, "&lt;");
}

function shapes(data, chart, time) {
  const size = data.clock.size_s;
  const band = (one) => ({
    type: "rect", xref: "x", yref: "paper", x0: one.begin_s / size, x1: one.end_s / size, y0: 0, y1: 1,
    fillcolor: colour(`band-${one.key}`), layer: "below",
    line: { width: one.key === "lies" ? 1 : 0, dash: "dot", color: colour("soft") },
  });
  const across = (x, name, width) => ({
    type: "line", xref: "x", yref: "paper", x0: x / size, x1: x / size, y0: 0, y1: 1,
    line: { color: colour(name), width },
  });
  const levels = chart.levels.map((level, place) => ({
    type: "line", xref: "paper", x0: 0, x1: 1, y0: level.y, y1: level.y,
    line: { color: colour("ink"), width: 1.2, dash: place ? "dot" : "dashdot" },
  }));
  return [across(time, "ink", 1.5), ...data.bands.map(band),
    ...data.heals.map((heal) => across(heal, "third", 1.5)), ...levels];
}

function notes(chart, duration, size) {
  const y = (value) => (chart.is_log ? Math.log10(value) : value);
  const levels = chart.levels.map((level) => ({
    xref: "paper", x: 1, xanchor: "right", y: y(level.y), yanchor: "bottom", showarrow: false,
    text: escaped(level.label), font: { size: 11, color: colour("soft") },
  }));
  const isLate = (mark) => mark.x > 0.6 * duration;
  const marks = chart.marks.length > 3 ? [] : chart.marks.map((mark) => ({
    x: mark.x / size, y: y(mark.y), xanchor: isLate(mark) ? "right" : "left", yanchor: "top",
    showarrow: false, xshift: isLate(mark) ? -8 : 8, yshift: -4, bgcolor: colour("paper"), opacity: 0.9,
    text: escaped(mark.label), font: { size: 11, color: colour(mark.is_censored ? "bad" : "good") },
  }));
  return [...levels, ...marks];
}

function layout(data, chart, time, place) {
  const axis = { gridcolor: colour("line"), zeroline: false, linecolor: colour("soft") };
  const y = { ...axis, title: { text: chart.unit, standoff: 8 }, type: chart.is_log ? "log" : "linear", automargin: true };
  if (chart.is_log) Object.assign(y, { exponentformat: "power", tickformat: "~g" });
  if (chart.is_log) y.dtick = decades(chart) < 1.5 ? "D2" : 1;
  if (chart.top !== null) y.range = [Math.min(lowest(chart) - 4, chart.top - 8), chart.top + 2];
  return {
    height: 290, margin: { l: 56, r: 10, t: 8, b: 40 }, hovermode: "x unified",
    paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)",
    font: { family: "system-ui, sans-serif", size: 12, color: colour("ink") },
    hoverlabel: { bgcolor: colour("paper"), font: { color: colour("ink") } },
    xaxis: { ...axis, range: [0, data.duration / data.clock.size_s],
      title: { text: `simulated time (${data.clock.unit})`, standoff: 4 } },
    yaxis: y, showlegend: chart.curves.length > 1,
    legend: { orientation: "h", y: 1.02, yanchor: "bottom", x: 0, font: { size: 11 } },
    dragmode: matchMedia("(pointer: coarse)").matches ? false : "zoom",
    shapes: shapes(data, chart, time), annotations: notes(chart, data.duration, data.clock.size_s),
  };
}

function lowest(chart) {
  const known = chart.curves.flatMap((curve) => curve.y).filter((value) => value !== null);
  return Math.max(0, Math.min(...known, chart.top));
}

function decades(chart) {
  const known = chart.curves.flatMap((curve) => curve.y).filter((value) => value !== null && value > 0);
  known.push(...chart.levels.map((level) => level.y));
  return Math.log10(Math.max(...known) / Math.min(...known));
}

function drawCharts(run, data) {
  const drawn = new Map();
  let time = data.steps ? data.steps.time[data.first] : 0, waiting = false;
  const draw = (place) => {
    const chart = data.charts[Number(place.closest(".chart").dataset.chart)];
    drawn.set(place, chart);
    Plotly.react(place, traces(chart, data.clock.size_s), layout(data, chart, time, place), { displayModeBar: false, responsive: true });
  };
  const inView = new IntersectionObserver((entries) => entries.forEach((entry) => {
    if (entry.isIntersecting && !drawn.has(entry.target)) draw(entry.target);
  }), { rootMargin: "400px" });
  run.querySelectorAll(".plot").forEach((place) => inView.observe(place));
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => [...drawn.keys()].forEach(draw));
  const move = () => {
    waiting = false;
    const x = time / data.clock.size_s;
    drawn.forEach((_, place) => Plotly.relayout(place, { "shapes[0].x0": x, "shapes[0].x1": x }));
  };
  return {
    moveTo(instant) {
      time = instant;
      if (!waiting) requestAnimationFrame(move);
      waiting = true;
    },
  };
}

// ---- messages ----------------------------------------------------------------------------------

function messages(run, data) {
  const kept = data.messages, part = run.querySelector(".messages");
  if (!kept) return;
  const from = part.querySelector(".from"), width = part.querySelector(".width"), kind = part.querySelector(".kind");
  const first = kept.sent[0], last = kept.sent[kept.sent.length - 1];
  for (const factor of [0.1, 0.25, 0.5, 1, 2, 4, 10]) {
    const option = new Option(seconds((factor * kept.view) / 1e6), factor * kept.view);
    option.selected = factor === 1;
    width.add(option);
  }
  kept.kinds.forEach((name, place) => kind.add(new Option(name, place)));
  part.querySelector(".keys").append(...kept.kinds.map((name, place) => keyOf(look(kept.looks[place]), name)), lostKey());
  const room = () => Math.max(last - first - Number(width.value), 0);
  const show = () => {
    const begin = rounded(first + (room() * Number(from.value)) / 1000, Number(width.value) / 20);
    const rows = chosen(kept, begin, begin + Number(width.value), kind.value);
    from.setAttribute("aria-valuetext", instant(begin));
    part.querySelector(".told").textContent = told(kept, rows, begin, Number(width.value));
    part.querySelector(".diagram").replaceChildren(
      diagram(part.querySelector(".diagram").clientWidth, data, kept, rows.slice(0, ARROWS_MAX), begin, Number(width.value)));
  };
  const centre = Math.min(Math.max(kept.focus - kept.view / 3 - first, 0), room());
  from.value = room() ? Math.round((1000 * centre) / room()) : 0;
  [from, width, kind].forEach((control) => control.addEventListener("input", show));
  new ResizeObserver(show).observe(part.querySelector(".diagram"));
  show();
}

// down to a multiple, so that ticks are round
function rounded(us, step) {
  return Math.floor(us / step + 1e-9) * step;
}

function instant(us) {
  return `${Number((us / 1e6).toFixed(6))} s`;
}

// sixteen looks: where the colour comes again, the dash is another
function look(number) {
  return `hue${number % 4} dash${(number + Math.floor(number / 4)) % 4}`;
}

function lostKey() {
  return keyOf("lost", "lost");
}

function keyOf(looks, words) {
  const span = document.createElement("span"), line = svg("svg", { viewBox: "0 0 38 12", "aria-hidden": "true" });
  const group = svg("g", { class: `sent ${looks}` });
  group.append(svg("line", { x1: 2, y1: 6, x2: 34, y2: 6 }));
  group.append(svg("path", { d: looks === "lost" ? "M16 2l8 8m0 -8l-8 8" : head([2, 6], [36, 6]), "stroke-dasharray": "none" }));
  line.append(group);
  span.append(line, ` ${words}`);
  return span;
}

function chosen(kept, begin, end, kind) {
  return kept.sent.map((_, row) => row).filter((row) =>
    kept.sent[row] < end && Math.max(kept.arrived[row], kept.sent[row]) >= begin &&
    (kind === "" || kept.kind[row] === Number(kind)));
}

function told(kept, rows, begin, width) {
  const lost = rows.filter((row) => kept.arrived[row] < 0).length;
  const more = rows.length > ARROWS_MAX ? `, of which the first ${ARROWS_MAX} are drawn` : "";
  return `${rows.length} messages on their way from ${instant(begin)} to ` +
    `${instant(begin + width)}, ${lost} of them lost${more}.`;
}

function svg(name, attributes, text) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", name);
  Object.entries(attributes).forEach(([key, value]) => element.setAttribute(key, value));
  if (text !== undefined) element.textContent = text;
  return element;
}

function diagram(wide, data, kept, rows, begin, width) {
  const left = wide < NARROW ? 74 : 110, step = 26, top = 14, right = wide - 8;
  const bottom = top + step * (kept.lanes.length - 1), high = bottom + 34;
  const x = (us) => left + ((us - begin) / width) * (right - left);
  const y = (lane) => top + step * lane;
  const page = svg("svg", { viewBox: `0 0 ${wide} ${high}`, height: high });
  const inside = svg("svg", { x: left, y: 0, width: right - left, height: high, viewBox: `${left} 0 ${right - left} ${high}` });
  data.bands.filter((band) => band.key === "cut").forEach((band) => {
    const a = Math.max(x(band.begin_s * 1e6), left), b = Math.min(x(band.end_s * 1e6), right);
    if (b > a) page.append(svg("rect", { class: "band", x: a, y: 0, width: b - a, height: bottom + 8 }));
  });
  const ticks = wide < NARROW ? 2 : 5;
  for (let tick = 0; tick <= ticks; tick += 1) {
    const us = begin + (width * tick) / ticks;
    page.append(svg("line", { class: "tick", x1: x(us), x2: x(us), y1: 4, y2: bottom + 10 }));
    const anchor = tick === 0 ? "start" : tick === ticks ? "end" : "middle";
    page.append(svg("text", { x: x(us), y: high - 8, "text-anchor": anchor }, instant(us)));
  }
  kept.lanes.forEach((name, lane) => {
    page.append(svg("line", { class: "lane-line", x1: left, x2: right, y1: y(lane), y2: y(lane) }));
    page.append(svg("text", { x: left - 6, y: y(lane) + 4, "text-anchor": "end" }, name));
  });
  rows.forEach((row) => arrow(inside, kept, row, x, y));
  page.append(inside);
  return page;
}

function arrow(page, kept, row, x, y) {
  const lost = kept.arrived[row] < 0, a = [x(kept.sent[row]), y(kept.from[row])];
  const target = y(kept.to[row]);
  // a lost message ends half way, with a cross; nobody knows when it would have come
  const b = lost ? [a[0] + 10, a[1] + (target - a[1]) / 2] : [x(kept.arrived[row]), target];
  const words = `${kept.kinds[kept.kind[row]]} ${kept.lanes[kept.from[row]]} → ${kept.lanes[kept.to[row]]}` +
    (lost ? ", lost" : `, ${((kept.arrived[row] - kept.sent[row]) / 1e3).toPrecision(3)} ms`);
  const group = svg("g", { class: `sent ${lost ? "lost" : look(kept.looks[kept.kind[row]])}` });
  group.append(svg("title", {}, words));
  group.append(svg("line", { x1: a[0], y1: a[1], x2: b[0], y2: b[1] }));
  const tip = lost ? `M${b[0] - 4} ${b[1] - 4}l8 8m0 -8l-8 8` : head(a, b);
  group.append(svg("path", { d: tip, "stroke-dasharray": "none" }));
  page.append(group);
}

function head(a, b) {
  const angle = Math.atan2(b[1] - a[1], b[0] - a[0]);
  const side = (turn) => `${b[0] - 7 * Math.cos(angle + turn)} ${b[1] - 7 * Math.sin(angle + turn)}`;
  return `M${side(0.4)}L${b[0]} ${b[1]}L${side(-0.4)}`;
}

// ---- start -------------------------------------------------------------------------------------

document.documentElement.classList.add("ready");
document.querySelectorAll("details[open]").forEach((one) => { one.open = false; });
document.querySelectorAll("article.run").forEach((run) => {
  const data = DATA[Number(run.dataset.run)];
  scrubber(run, data, drawCharts(run, data));
  messages(run, data);
});

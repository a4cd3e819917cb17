// Draws one figure of plotly. Runs in a frame without an origin, which can reach neither the page nor the network: a
// figure is whatever stands in the tree. All it needs comes by messages from the page around it (src/kinds/plots/plotFrame.ts):
//
//   { library: Blob }                               plotly.js, once, before anything else
//   { figure: JSON text or object, colours, own, view }  draw it
//   { save: "svg" | "png", width, height, request } answered by { saved: data URL, request } or { failed, request }
//
// and it says: { ready }, { drawn }, { failed: reason }, { view: what was zoomed and turned }.
(() => {
  const plot = document.querySelector("#plot");
  // Of a view, as text: more than any real one has.
  const LONGEST_VIEW = 20_000;
  let view = {};

  async function draw({ figure, colours, own, view: given }, library) {
    if (Object.keys(view).length === 0) view = given;
    document.body.style.background = own ? "white" : colours.page;
    const Plotly = await library;
    const { data, layout = {}, frames } = parse(figure);
    const shown = { ...themed(withTitles(layout), colours, own), uirevision: "kept", autosize: true };
    // It is as large as its place on the page.
    delete shown.width;
    delete shown.height;
    keepView(shown);
    const isFirst = !plot.classList.contains("js-plotly-plot");
    const traces = Array.isArray(data) ? data.map(withTitles) : data;
    await Plotly.react(plot, { data: traces, layout: shown, frames, config: CONFIG });
    if (isFirst) plot.on("plotly_relayout", noteView);
    return { drawn: true };
  }

  const CONFIG = {
    responsive: true,
    displaylogo: false,
    // A frame without an origin may not save: the page does.
    modeBarButtonsToRemove: ["toImage", "sendDataToCloud"],
  };

  // Text is what stands in the file. Python writes NaN and Infinity, which JSON has not.
  function parse(text) {
    if (typeof text !== "string") return text;
    try {
      return JSON.parse(text);
    } catch {
      const strict = text.replace(/"(?:[^"\\]|\\.)*"|-?\b(?:NaN|Infinity)\b/g, (found) =>
        found.startsWith('"') ? found : "null",
      );
      return JSON.parse(strict);
    }
  }

  // Before its version 3, plotly took texts as titles, and their fonts beside: many programs still write them so.
  function withTitles(part) {
    if (typeof part !== "object" || part === null || Array.isArray(part)) return part;
    const { titlefont, ...found } = part;
    for (const [key, value] of Object.entries(found)) {
      if (key !== "title") found[key] = withTitles(value);
      else if (typeof value === "string")
        found.title = { text: value, ...(titlefont && { font: titlefont }) };
    }
    return found;
  }

  function themed(layout, colours, own) {
    if (own) return layout;
    const axis = {
      gridcolor: colours.line,
      linecolor: colours.line,
      zerolinecolor: colours.strongLine,
      automargin: true,
    };
    const wall = { ...axis, backgroundcolor: colours.page, showbackground: true };
    const ours = {
      paper_bgcolor: colours.page,
      plot_bgcolor: colours.page,
      font: { color: colours.text, family: colours.font, size: 12 },
      title: { font: { size: 14 } },
      margin: { l: 48, r: 24, t: layout.title ? 52 : 28, b: 40 },
      xaxis: axis,
      yaxis: axis,
      scene: { xaxis: wall, yaxis: wall, zaxis: wall },
      polar: { bgcolor: colours.page, angularaxis: axis, radialaxis: axis },
      ternary: { bgcolor: colours.page, aaxis: axis, baxis: axis, caxis: axis },
      modebar: { bgcolor: "rgba(0,0,0,0)", color: colours.faint, activecolor: colours.text },
    };
    const template = typeof layout.template === "object" ? layout.template : {};
    return { ...layout, template: { ...template, layout: merged(template?.layout, ours) } };
  }

  function merged(below, above) {
    const both = { ...below };
    for (const [key, value] of Object.entries(above)) {
      both[key] = value && typeof value === "object" ? merged(both[key], value) : value;
    }
    return both;
  }

  // --- what somebody has zoomed and turned: `xaxis.range[0]`, `scene.camera`, ... ------------------------------------

  function noteView(changes) {
    for (const [path, value] of Object.entries(changes)) {
      if (!path.endsWith(".autorange")) view[path] = value;
      else if (value) forget(path.slice(0, -".autorange".length));
    }
    if (JSON.stringify(view).length > LONGEST_VIEW) view = {};
    tell({ view });
  }

  function forget(axis) {
    for (const path of Object.keys(view)) if (path.startsWith(`${axis}.range`)) delete view[path];
  }

  function keepView(layout) {
    for (const [path, value] of Object.entries(view)) {
      const names = path.split(/[.[\]]+/).filter(Boolean);
      const last = names.pop();
      let part = layout;
      for (const [index, name] of names.entries()) {
        const isList = /^\d+$/.test(names[index + 1] ?? last);
        const inner = part[name];
        part[name] = isList ? [...(Array.isArray(inner) ? inner : [])] : { ...inner };
        part = part[name];
      }
      part[last] = value;
      const axis = layout[names[0]];
      if (names[1] === "range" && names.length === 2) axis.autorange = false;
    }
  }

  async function save({ save: format, width, height, request }) {
    try {
      const Plotly = await library();
      const scale = format === "png" ? 2 : 1;
      tell({ saved: await Plotly.toImage(plot, { format, width, height, scale }), request });
    } catch (error) {
      tell({ failed: String(error?.message ?? error), request });
    }
  }

  function hear(message) {
    if (message.save) void save(message);
    return Boolean(message.save);
  }

  const { tell, library } = window.drawForPage("Plotly", { draw, hear });
})();

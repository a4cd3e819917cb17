// Draws one molecule, seen from above: each atom is a disc in the colour of its element.
const COLOURS = { H: "#d0d0d0", C: "#606060", N: "#3050f8", O: "#ff0d0d" };
const canvas = document.createElement("canvas");
canvas.style.cssText = "position: fixed; inset: 0; width: 100%; height: 100%";
document.body.append(canvas);
let shown = null;

addEventListener("message", ({ source, data }) => {
  if (source !== parent) return;
  shown = data;
  draw();
});
addEventListener("resize", draw);
parent.postMessage({ ready: true }, "*");

function draw() {
  if (!shown) return;
  const { item, file, theme } = shown;
  const atoms = new TextDecoder().decode(file).split("\n").slice(2).map((line) => line.trim().split(/\s+/));
  const places = atoms.filter((atom) => atom.length >= 4).map(([element, x, y]) => ({ element, x: +x, y: +y }));
  const width = (canvas.width = innerWidth * devicePixelRatio);
  const height = (canvas.height = innerHeight * devicePixelRatio);
  const reach = 1 + Math.max(...places.map(({ x, y }) => Math.max(Math.abs(x), Math.abs(y))));
  const scale = Math.min(width, height) / 2 / reach;
  const pen = canvas.getContext("2d");
  pen.fillStyle = theme.page;
  pen.fillRect(0, 0, width, height);
  for (const { element, x, y } of places) {
    pen.beginPath();
    pen.arc(width / 2 + x * scale, height / 2 - y * scale, scale / 2, 0, 2 * Math.PI);
    pen.fillStyle = COLOURS[element] ?? theme.accent;
    pen.fill();
  }
  pen.fillStyle = theme.text;
  pen.font = `${12 * devicePixelRatio}px ${theme.font}`;
  pen.fillText(item.content.comment, 8 * devicePixelRatio, 20 * devicePixelRatio);
  parent.postMessage({ drawn: true }, "*");
}

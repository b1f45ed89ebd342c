// What the page draws. Every function takes its canvas and the page's state, and leaves no state of its own but a cache.

const MARGIN = 34; // px, for the axis labels of the portrait
const LEVELS = 12;
const ARROWS = 15; // along either axis
const FONT = "12px system-ui, sans-serif";

let background = null; // of the portrait, which only another size or theme changes

/** State [q, p] at a place (x, y) of the square portrait. */
export function toState(x, y, width, range) {
  const side = width - 2 * MARGIN;
  return [range * ((2 * (x - MARGIN)) / side - 1), range * (1 - (2 * (y - MARGIN)) / side)];
}

function toPlace([q, p], width, range) {
  const half = (width - 2 * MARGIN) / 2;
  return [MARGIN + half * (1 + q / range), MARGIN + half * (1 - p / range)];
}

// The canvas, cleared, as sharp as the screen; sizes are those of the style sheet, in px.
function prepare(canvas) {
  const { clientWidth: width, clientHeight: height } = canvas;
  const ratio = devicePixelRatio || 1;
  const [deviceWidth, deviceHeight] = [Math.round(width * ratio), Math.round(height * ratio)];
  if (canvas.width !== deviceWidth || canvas.height !== deviceHeight) {
    [canvas.width, canvas.height] = [deviceWidth, deviceHeight];
  }
  const context = canvas.getContext("2d");
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, width, height);
  context.font = FONT;
  context.lineJoin = context.lineCap = "round";
  return { context, width, height, ratio };
}

function colours() {
  const style = getComputedStyle(document.documentElement);
  const names = ["card", "ink", "quiet", "edge", "low", "high", "contour", "arrow", "path", "state"];
  return Object.fromEntries(names.map((name) => [name, style.getPropertyValue(`--${name}`).trim()]));
}

function line(context, places, colour, lineWidth) {
  context.beginPath();
  for (const [x, y] of places) context.lineTo(x, y);
  context.strokeStyle = colour;
  context.lineWidth = lineWidth;
  context.stroke();
}

function dot(context, [x, y], radius, fill, stroke) {
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  context.fillStyle = fill;
  context.fill();
  context.strokeStyle = stroke;
  context.lineWidth = 2;
  context.stroke();
}

function text(context, words, x, y, colour, align = "center") {
  context.fillStyle = colour;
  context.textAlign = align;
  context.fillText(words, x, y);
}

// Places on the edges of a cell of the grid where the energy has a level, by linear interpolation.
function crossings(corners, level) {
  const found = [];
  corners.forEach((corner, i) => {
    const next = corners[(i + 1) % 4];
    if (corner.energy < level !== next.energy < level) {
      const part = (level - corner.energy) / (next.energy - corner.energy);
      found.push(corner.place.map((value, axis) => value + part * (next.place[axis] - value)));
    }
  });
  return found;
}

function drawField(context, width, page, colour) {
  const { size, energies, derivatives, least } = page.grid;
  const at = (i, j) => {
    const state = [i, j].map((index) => page.range * ((2 * index) / (size - 1) - 1));
    return { place: toPlace(state, width, page.range), energy: energies[j * size + i], index: j * size + i };
  };
  const most = Math.max(...energies);
  const side = width - 2 * MARGIN;
  const shade = context.createRadialGradient(width / 2, width / 2, 0, width / 2, width / 2, side * 0.7);
  shade.addColorStop(0, colour.low);
  shade.addColorStop(1, colour.high);
  context.fillStyle = shade;
  context.fillRect(MARGIN, MARGIN, side, side);
  context.strokeStyle = colour.contour;
  context.lineWidth = 1;
  context.beginPath();
  for (let j = 0; j < size - 1; j++) {
    for (let i = 0; i < size - 1; i++) {
      const corners = [at(i, j), at(i + 1, j), at(i + 1, j + 1), at(i, j + 1)];
      for (let k = 1; k <= LEVELS; k++) {
        // Denser near the least: as far apart as the radii of a round well.
        const found = crossings(corners, least + (most - least) * ((k + 0.5) / (LEVELS + 1)) ** 2);
        for (let pair = 0; pair + 1 < found.length; pair += 2) {
          context.moveTo(...found[pair]);
          context.lineTo(...found[pair + 1]);
        }
      }
    }
  }
  context.stroke();
  const step = (size - 1) / (ARROWS - 1);
  const fastest = Math.max(...derivatives.map((derivative) => Math.hypot(...derivative)));
  for (let j = 0.5; j < ARROWS - 1; j++) {
    for (let i = 0.5; i < ARROWS - 1; i++) {
      const { place, index } = at(Math.round(i * step), Math.round(j * step));
      const [dq, dp] = derivatives[index];
      const speed = Math.hypot(dq, dp);
      const length = 5 + 11 * (speed / fastest);
      drawArrow(context, place, [(dq / speed) * length, (-dp / speed) * length], colour.arrow);
    }
  }
}

function drawArrow(context, [x, y], [dx, dy], colour) {
  const tip = [x + dx / 2, y + dy / 2];
  line(context, [[x - dx / 2, y - dy / 2], tip], colour, 1.2);
  const [back, wide] = [0.35, 0.22];
  const wing = (sign) => [tip[0] - back * dx - sign * wide * dy, tip[1] - back * dy + sign * wide * dx];
  line(context, [wing(1), tip, wing(-1)], colour, 1.2);
}

function drawAxes(context, width, range, colour) {
  const side = width - 2 * MARGIN;
  context.strokeStyle = colour.edge;
  context.lineWidth = 1;
  context.strokeRect(MARGIN, MARGIN, side, side);
  for (const value of [-2, -1, 0, 1, 2]) {
    const [x, y] = toPlace([value, value], width, range);
    const label = String(value).replace("-", "−");
    text(context, label, x, width - MARGIN + 16, colour.quiet);
    text(context, label, MARGIN - 8, y + 4, colour.quiet, "right");
  }
  text(context, "q (rad)", width - MARGIN, width - 4, colour.quiet, "right");
  text(context, "p (kg m²/s)", 4, MARGIN - 12, colour.quiet, "left");
}

/** Lines of equal energy and arrows; over them the motion, its start and the state at this moment. */
export function drawPortrait(canvas, page, state) {
  const { context, width, ratio } = prepare(canvas);
  const colour = colours();
  const key = `${canvas.width} ${colour.card}`;
  if (background?.key !== key) {
    const image = new OffscreenCanvas(canvas.width, canvas.width);
    const below = image.getContext("2d");
    below.setTransform(ratio, 0, 0, ratio, 0, 0);
    below.font = FONT;
    below.lineCap = "round";
    drawField(below, width, page, colour);
    drawAxes(below, width, page.range, colour);
    background = { key, image };
  }
  context.drawImage(background.image, 0, 0, width, width);
  context.save();
  context.beginPath();
  context.rect(MARGIN, MARGIN, width - 2 * MARGIN, width - 2 * MARGIN);
  context.clip();
  line(context, page.trajectory.map((point) => toPlace(point, width, page.range)), colour.path, 2.5);
  dot(context, toPlace(state, width, page.range), 5, colour.path, colour.card);
  context.restore();
  dot(context, toPlace(page.trajectory[0], width, page.range), 9, colour.state, colour.card);
}

/** The pendulum at this moment, hanging down at q = 0, and where its bob was a little before. */
export function drawPendulum(canvas, page, [angle]) {
  const { context, width, height } = prepare(canvas);
  const colour = colours();
  const pivot = [width / 2, height / 2];
  const length = height / 2 - 22;
  const bob = (q) => [pivot[0] + length * Math.sin(q), pivot[1] + length * Math.cos(q)];
  const reach = Math.max(...page.trajectory.map(([q]) => Math.abs(q)));
  context.beginPath();
  context.arc(...pivot, length, Math.PI / 2 - reach, Math.PI / 2 + reach);
  context.strokeStyle = colour.edge;
  context.lineWidth = 2;
  context.stroke();
  line(context, [pivot, bob(page.trajectory[0][0])], colour.edge, 2);
  dot(context, bob(page.trajectory[0][0]), 5, colour.state, colour.card);
  line(context, [pivot, bob(angle)], colour.ink, 3);
  dot(context, pivot, 4, colour.ink, colour.card);
  dot(context, bob(angle), 14, colour.path, colour.card);
}

/** The energy over time, on an axis as high as the energies of the portrait's lines; and the present moment. */
export function drawEnergies(canvas, page, interval) {
  const { context, width, height } = prepare(canvas);
  const colour = colours();
  const [left, right, top, bottom] = [34, width - 10, 10, height - 32];
  const most = Math.ceil(Math.max(...page.grid.energies) - page.grid.least);
  const x = (time) => left + ((right - left) * time) / page.horizon;
  const y = (energy) => bottom - ((bottom - top) * energy) / most;
  for (const part of [0, 0.5, 1]) {
    line(context, [[left, y(part * most)], [right, y(part * most)]], colour.edge, 1);
    text(context, String(part * most), left - 6, y(part * most) + 4, colour.quiet, "right");
    text(context, String(part * page.horizon), x(part * page.horizon), bottom + 16, colour.quiet);
  }
  text(context, "H (J)", left + 6, top + 14, colour.quiet, "left");
  text(context, "t (s)", right, height - 3, colour.quiet, "right");
  const places = page.energies.map((energy, i) => [x(i * interval), y(energy - page.grid.least)]);
  line(context, places, colour.path, 2.5);
  const now = places[Math.min(Math.round(page.time / interval), places.length - 1)];
  if (now) dot(context, now, 4, colour.path, colour.card);
}

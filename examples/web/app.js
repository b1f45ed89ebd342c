// The page: computes the motion from the chosen state by the exported model, and lets one choose the state.
/* global tf */
import { drawEnergies, drawPendulum, drawPortrait, toState } from "./drawing.js";

const RANGE = 2.6; // of q and p: what the network has seen, and a little more
const GRID = 45; // energies along either axis
const ROWS_AT_ONCE = 5;
const INTERVAL = 0.05; // s between the states of the motion
const HORIZON = 20; // s
const INTERVALS_AT_ONCE = 10; // few: the page answers between two calls of the model
const KEY_STEP = 0.05;
const KEYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };

const byId = (id) => document.getElementById(id);
const nextFrame = () => new Promise(requestAnimationFrame);

// What is shown, in one object that the console and the tests can read.
const page = {
  range: RANGE,
  horizon: HORIZON,
  grid: null, // { size, energies, derivatives }, row by row from the lowest p
  trajectory: [], // [q, p] every INTERVAL
  energies: [],
  time: 0, // s, of the pendulum in its motion
  playing: !matchMedia("(prefers-reduced-motion: reduce)").matches,
};
globalThis.page = page;

let models = null;
let motion = 0; // counts the chosen states: what was computed for an earlier one is thrown away
let computing = false;

async function computeGrid() {
  const size = GRID;
  const at = (i) => RANGE * ((2 * i) / (size - 1) - 1);
  const energies = [];
  const derivatives = [];
  for (let row = 0; row < size; row += ROWS_AT_ONCE) {
    const states = [];
    for (let j = row; j < Math.min(row + ROWS_AT_ONCE, size); j++) {
      for (let i = 0; i < size; i++) states.push([at(i), at(j)]);
    }
    tf.tidy(() => {
      const answer = models.field.predict({ state: tf.tensor2d(states) });
      energies.push(...answer.energy.dataSync());
      derivatives.push(...answer.time_derivative.arraySync());
    });
    await nextFrame();
  }
  return { size, energies, derivatives, least: Math.min(...energies) };
}

async function nextStates(state) {
  const times = tf.tensor2d([Array.from({ length: INTERVALS_AT_ONCE + 1 }, (_, i) => i * INTERVAL)]);
  const inputs = { state: tf.tensor2d([state]), times };
  const answer = await models.rollout.predictAsync(inputs);
  const [states] = answer.trajectory.arraySync();
  const [energies] = answer.energy.arraySync();
  tf.dispose([inputs, answer]);
  return { states, energies };
}

// Extends the motion until it is complete; one call of the model at a time, whatever is dragged meanwhile.
async function compute() {
  if (computing) return;
  computing = true;
  try {
    while (page.trajectory.length <= HORIZON / INTERVAL) {
      const of = motion;
      const { states, energies } = await nextStates(page.trajectory.at(-1));
      if (of === motion) {
        if (!page.energies.length) page.energies.push(energies[0]);
        page.trajectory.push(...states.slice(1));
        page.energies.push(...energies.slice(1));
        showEnergy();
      }
      await nextFrame();
    }
  } catch (error) {
    fail(error);
  } finally {
    computing = false;
  }
}

function choose(state) {
  const start = state.map((value) => Math.min(RANGE, Math.max(-RANGE, value)));
  motion += 1;
  page.trajectory = [start];
  page.energies = [];
  page.time = 0;
  byId("angle").textContent = `${signed(start[0], 2)} rad`;
  byId("momentum").textContent = `${signed(start[1], 2)} kg m²/s`;
  compute();
}

function signed(value, digits) {
  const text = value.toFixed(digits);
  return Number(text) ? text.replace("-", "−") : text.replace("-", ""); // no −0.00
}

function showEnergy() {
  const [start] = page.energies;
  const change = Math.max(...page.energies.map((energy) => Math.abs(energy - start)));
  byId("energy").textContent = `${signed(start - page.grid.least, 3)} J`;
  byId("change").textContent = `${signed(change, 6)} J`;
  byId("seconds").textContent = ((page.trajectory.length - 1) * INTERVAL).toFixed(0);
  const leaves = page.trajectory.some((state) => state.some((value) => Math.abs(value) > RANGE));
  byId("status").textContent = leaves ? "The motion leaves the portrait, for states that were in no training." : "";
}

function fail(error) {
  byId("status").textContent = `This doesn't work here: ${error.message}`;
  throw error;
}

function listen() {
  const canvas = byId("portrait");
  const chooseAt = (event) => {
    const box = canvas.getBoundingClientRect();
    choose(toState(event.clientX - box.left, event.clientY - box.top, box.width, RANGE));
  };
  canvas.addEventListener("pointerdown", (event) => {
    if (event.button) return;
    canvas.setPointerCapture(event.pointerId);
    canvas.classList.add("dragged");
    chooseAt(event);
  });
  canvas.addEventListener("pointermove", (event) => canvas.hasPointerCapture(event.pointerId) && chooseAt(event));
  canvas.addEventListener("lostpointercapture", () => canvas.classList.remove("dragged"));
  canvas.addEventListener("keydown", (event) => {
    const direction = KEYS[event.key];
    if (!direction) return;
    event.preventDefault(); // no scrolling
    const step = KEY_STEP * (event.shiftKey ? 5 : 1);
    choose(page.trajectory[0].map((value, i) => value + step * direction[i]));
  });
  byId("play").addEventListener("click", () => play(!page.playing));
}

function play(playing) {
  page.playing = playing;
  byId("play").textContent = playing ? "Pause" : "Play";
}

function animate() {
  let last = performance.now();
  const frame = (now) => {
    const computed = (page.trajectory.length - 1) * INTERVAL;
    // Not after a long pause, such as of a hidden tab; and never ahead of what is computed.
    if (page.playing) page.time = Math.min(page.time + Math.min(now - last, 100) / 1000, computed);
    if (page.time >= HORIZON) page.time = 0;
    last = now;
    const state = stateAt(page.time);
    drawPortrait(byId("portrait"), page, state);
    drawPendulum(byId("pendulum"), page, state);
    drawEnergies(byId("energies"), page, INTERVAL);
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
}

function stateAt(time) {
  const before = Math.min(Math.floor(time / INTERVAL), page.trajectory.length - 1);
  const after = Math.min(before + 1, page.trajectory.length - 1);
  const part = time / INTERVAL - before;
  return page.trajectory[before].map((value, i) => value + part * (page.trajectory[after][i] - value));
}

async function main() {
  try {
    // Tensors of few numbers: a graphics card would take longer to be asked than the CPU to answer.
    await tf.setBackend("cpu");
    const [field, rollout] = await Promise.all(["field", "rollout"].map((name) => tf.loadGraphModel(`${name}/model.json`)));
    models = { field, rollout };
    byId("status").textContent = "Asking the network for its energies …";
    page.grid = await computeGrid();
  } catch (error) {
    fail(error);
  }
  byId("status").textContent = "";
  play(page.playing);
  choose([1.4, 0]);
  listen();
  animate();
}

main();

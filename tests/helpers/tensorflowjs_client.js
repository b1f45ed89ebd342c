// Answers a job of tensorflowjs_client.py by TensorFlow.js: node tensorflowjs_client.js tf.min.js job.json
const fs = require("fs");
const path = require("path");

const tf = require(process.argv[2]);

function loadModel(folder) {
  const model = JSON.parse(fs.readFileSync(path.join(folder, "model.json"), "utf8"));
  const [group] = model.weightsManifest;
  const bytes = fs.readFileSync(path.join(folder, group.paths[0]));
  const weightData = new Uint8Array(bytes).buffer; // a copy that begins at 0
  return tf.loadGraphModel({ load: async () => ({ ...model, weightSpecs: group.weights, weightData }) });
}

async function answer({ model, inputs }) {
  const loaded = await loadModel(model);
  const tensors = {};
  for (const [name, { shape, values }] of Object.entries(inputs)) tensors[name] = tf.tensor(values, shape, "float32");
  const outputs = await loaded.predictAsync(tensors);
  const leaked = tf.memory().numTensors;
  tf.dispose(await loaded.predictAsync(tensors));
  const answers = {};
  for (const [name, tensor] of Object.entries(outputs)) {
    // JSON has no NaN.
    const values = Array.from(tensor.dataSync(), String);
    answers[name] = { shape: tensor.shape, values };
  }
  return { answers, leaked: tf.memory().numTensors - leaked };
}

async function main() {
  await tf.setBackend("cpu");
  const results = [];
  for (const request of JSON.parse(fs.readFileSync(process.argv[3], "utf8"))) {
    try {
      results.push(await answer(request));
    } catch (error) {
      results.push({ error: String(error) });
    }
  }
  const operations = [...fs.readFileSync(process.argv[2], "utf8").matchAll(/tfOpName:"(\w+)"/g)].map((found) => found[1]);
  process.stdout.write(`\n${JSON.stringify({ results, operations })}\n`);
}

main();

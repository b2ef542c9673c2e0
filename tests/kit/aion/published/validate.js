// Reads lines of {contract, document}; writes for each a line with the validator's errors, or [].
const { VALIDATORS } = require("veritone-json-schemas");

// The validators say of every unknown keyword that they do not know it.
console.warn = () => {};
const text = require("fs").readFileSync(0, "utf8");
for (const line of text.split("\n").filter(Boolean)) {
  const { contract, document } = JSON.parse(line);
  const answer = VALIDATORS[contract](document);
  process.stdout.write(JSON.stringify(answer.errors || []) + "\n");
}

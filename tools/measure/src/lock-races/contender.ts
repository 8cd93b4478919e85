/** One of the processes of `lock-races.mjs`: takes the lock of a folder at a given moment, and holds it until it may let go. */
const { RunLock } = await import(process.argv[2]);
const { realFileSystem } = await import(process.argv[3]);

let lock;
process.on("message", async ({ take, at, release }) => {
  if (release === true) {
    await lock?.release();
    lock = undefined;
    process.send({ released: true });
    return;
  }
  while (performance.timeOrigin + performance.now() < at);
  try {
    lock = await RunLock.take(realFileSystem, take);
    process.send({ took: true });
  } catch (error) {
    process.send({ took: false, code: error.code, message: error.message });
  }
});
process.send({ ready: true });

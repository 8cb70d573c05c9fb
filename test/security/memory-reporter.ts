/** Loaded into a gateway's process by `--import`: answers each message with what the process holds without garbage. */
process.on('message', () => {
  globalThis.gc?.()
  const { heapUsed, external, rss } = process.memoryUsage()
  process.send?.({ heap: heapUsed, buffers: external, resident: rss })
})

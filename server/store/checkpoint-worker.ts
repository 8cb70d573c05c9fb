/** Runs the checkpoints of one database in a separate thread, one step at a time. */
import { parentPort, workerData } from 'node:worker_threads'
import { Checkpointer, type CheckpointStep } from './checkpoint.ts'

export type CheckpointReply = { done: boolean } | { error: unknown }

const checkpointer = new Checkpointer(String(workerData), 100)

parentPort?.on('message', (step: CheckpointStep) => {
  try {
    reply({ done: checkpointer.run(step) })
  } catch (error) {
    reply({ error })
  }
})

const reply = (message: CheckpointReply) => parentPort?.postMessage(message)

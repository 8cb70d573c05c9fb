import { onTestFinished } from 'vitest'
import { type Stage, type StageOptions, startStage } from './stage.ts'

/** Starts a stage for the current test, which stops when the test has finished. */
export async function startTestStage(config: StageOptions['config'] = {}): Promise<Stage> {
  const stage = await startStage({ config })
  onTestFinished(() => stage[Symbol.asyncDispose]())
  return stage
}

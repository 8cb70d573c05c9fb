/** The Portmone sandbox in a separate process. */
import { demoPartner } from '../../../portmone/sandbox/partners.ts'
import { startSandbox } from '../../../portmone/sandbox/sandbox.ts'
import { answerParent } from '../process/rpc.ts'

const sandbox = await startSandbox({ partners: [demoPartner], tokenLifetime: 3_600 })

const handlers = {
  /** Approves as customers do on their phones. */
  approve(codes: string[]): void {
    for (const code of codes) sandbox.approve(code)
  },
  controlToken: () => sandbox.controlToken,
}

export type SandboxHandlers = typeof handlers

answerParent(handlers)
process.send?.({ listening: sandbox.url })
process.once('SIGTERM', () => void sandbox.stop())

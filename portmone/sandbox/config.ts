import * as z from 'zod'

/** Environment variables are invalid; the message names each and says how to fix it. */
export class SandboxConfigError extends Error {
  override name = 'SandboxConfigError'
}

export interface SandboxConfig {
  port: number
  host: string
  origin: string | undefined
  dataDir: string
}

const Environment = z
  .object({
    SANDBOX_PORT: z
      .string()
      .default('4100')
      .refine((port) => /^\d{1,5}$/.test(port) && Number(port) <= 65_535, 'must be a number from 0 to 65535')
      .transform(Number),
    SANDBOX_HOST: z.string().default('127.0.0.1'),
    SANDBOX_ORIGIN: z
      .string()
      .refine(isOrigin, 'must be an http or https origin without a path, such as http://192.168.1.20:4100')
      .optional(),
    SANDBOX_DATA_DIR: z.string().default('.data'),
  })
  .refine(({ SANDBOX_HOST, SANDBOX_ORIGIN }) => SANDBOX_ORIGIN || !['0.0.0.0', '::'].includes(SANDBOX_HOST), {
    path: ['SANDBOX_ORIGIN'],
    error: 'is required with this SANDBOX_HOST: set it to an origin that a phone can open',
  })

/** Reads the sandbox's settings. An empty variable counts as unset. Throws a SandboxConfigError. */
export function readSandboxConfig(environment: NodeJS.ProcessEnv): SandboxConfig {
  const set = Object.entries(environment).filter(([, value]) => value !== '')
  const parsed = Environment.safeParse(Object.fromEntries(set))
  if (!parsed.success)
    throw new SandboxConfigError(
      parsed.error.issues.map((issue) => `${issue.path.join('.')} ${issue.message}.`).join(' '),
    )
  const { SANDBOX_PORT, SANDBOX_HOST, SANDBOX_ORIGIN, SANDBOX_DATA_DIR } = parsed.data
  return { port: SANDBOX_PORT, host: SANDBOX_HOST, origin: SANDBOX_ORIGIN, dataDir: SANDBOX_DATA_DIR }
}

function isOrigin(text: string): boolean {
  const url = URL.parse(text)
  return url !== null && /^https?:$/.test(url.protocol) && url.origin === text
}

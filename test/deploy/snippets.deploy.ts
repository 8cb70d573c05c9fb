import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { overHttp } from '../support/clients.ts'
import { pathOf } from '../support/program.ts'
import { startStage } from '../support/stage.ts'
import { requireTools } from './tools.ts'

requireTools({ python3: 'python3', php: 'php-cli' })

const docs = readFileSync(pathOf('docs/frontend.md'), 'utf8')
const section = docs.slice(docs.indexOf('## Without React'), docs.indexOf('## On your server'))

/** How each language runs a script from the command line and calls the snippet with its arguments. */
const languages = {
  python: {
    command: ['python3', '-c'],
    call: 'import sys\nprint(str(is_verified(*sys.argv[1:])).lower())',
  },
  js: {
    command: [process.execPath, '--eval'],
    call: 'isVerified(...process.argv.slice(1)).then(console.log)',
  },
  php: {
    command: ['php', '-r'],
    call: "echo is_verified(...array_slice($argv, 1)) ? 'true' : 'false';",
  },
}

test.each(Object.entries(languages))(
  'the %s snippet for the hosted page accepts a share request of this session and policy only',
  async (language, { command, call }) => {
    const snippet = new RegExp(`\`\`\`${language}\n([\\s\\S]*?)\`\`\``).exec(section)?.[1]
    expect(snippet).toBeDefined()
    const [program = '', option = ''] = command
    const isVerified = async (...args: string[]) => {
      const { stdout } = await promisify(execFile)(program, [option, `${snippet}\n${call}`, ...args])
      return stdout.trim()
    }

    await using stage = await startStage()
    const url = `${stage.gateway.url}/graphql`
    const key = await stage.partnerKey(['share-requests:read'])
    const create = `mutation ($input: CreateShareRequestInput!) {
      createShareRequest(input: $input) {
        ... on CreateShareRequestSuccess { shareRequest { id status { ... on PendingStatus { code } } } }
      }
    }`
    const { data } = await overHttp(stage.gateway.url).run(create, {
      input: { policy: 'age-over-18', reference: 'session-1', idempotencyKey: crypto.randomUUID() },
    })
    const { id, status } = data.createShareRequest.shareRequest
    expect(await isVerified(url, key, id, 'session-1', 'age-over-18')).toBe('false')
    stage.sandbox.approve(status.code, 'adult')
    await expect.poll(() => isVerified(url, key, id, 'session-1', 'age-over-18')).toBe('true')
    expect(await isVerified(url, key, id, 'session-2', 'age-over-18')).toBe('false')
    expect(await isVerified(url, key, id, 'session-1', 'kyc-basic')).toBe('false')
    expect(await isVerified(url, key, crypto.randomUUID(), 'session-1', 'age-over-18')).toBe('false')
  },
)

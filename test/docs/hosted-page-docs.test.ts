import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { overHttp } from '../support/clients.ts'
import { startStage } from '../support/stage.ts'

const [, snippet = ''] =
  /```python\n([\s\S]*?)```/.exec(readFileSync(new URL('../../docs/frontend.md', import.meta.url), 'utf8')) ??
  []

/** Needs Python 3. */
async function isVerified(...args: string[]): Promise<string> {
  const call = `${snippet}\nimport sys\nprint(is_verified(*sys.argv[1:]))`
  const { stdout } = await promisify(execFile)('python3', ['-c', call, ...args])
  return stdout.trim()
}

test('the Python snippet accepts a share request of this session and policy only', async () => {
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
  expect(await isVerified(url, key, id, 'session-1', 'age-over-18')).toBe('False')
  stage.sandbox.approve(status.code, 'adult')
  await expect.poll(() => isVerified(url, key, id, 'session-1', 'age-over-18')).toBe('True')
  expect(await isVerified(url, key, id, 'session-2', 'age-over-18')).toBe('False')
  expect(await isVerified(url, key, id, 'session-1', 'kyc-basic')).toBe('False')
  expect(await isVerified(url, key, crypto.randomUUID(), 'session-1', 'age-over-18')).toBe('False')
})

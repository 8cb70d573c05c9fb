import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { overHttp, overSse } from '../support/clients.ts'
import { cancel, create } from '../support/operations.ts'
import { startStage } from '../support/stage.ts'

const changes = `subscription ($after: String) {
  shareRequestChanges(after: $after) { shareRequest { id } }
}`

test('after a restore from a backup, a cursor of the lost changes has expired, and an older one goes on', async () => {
  await using stage = await startStage()
  const key = await stage.partnerKey()
  const backup = mkdtempSync(join(tmpdir(), 'backup-'))
  const { url } = stage.gateway
  const customer = overHttp(url)
  const partner = overHttp(url, key)
  const consumer = overSse(url, key)
  const cursorNow = async () =>
    (await partner.run('{ shareRequests(first: 1) { changesCursor } }')).data.shareRequests.changesCursor

  const kept = await create(customer)
  const older = await cursorNow()
  await stage.restartGateway(() => cpSync(stage.dataDir, backup, { recursive: true }))
  await cancel(customer, kept)
  const lost = await cursorNow()
  await stage.restartGateway(() => {
    rmSync(stage.dataDir, { recursive: true })
    cpSync(backup, stage.dataDir, { recursive: true })
    rmSync(backup, { recursive: true })
  })
  // Takes the position, and again makes the second version of the same share request.
  await cancel(customer, kept)

  const { errors } = await consumer.run(changes, { after: lost })
  expect(errors?.[0]?.extensions?.code).toBe('CURSOR_EXPIRED')
  const stream = consumer.subscribe(changes, { after: older })
  expect((await stream.next()).value.data.shareRequestChanges.shareRequest.id).toBe(kept.id)
  await consumer.dispose()
})

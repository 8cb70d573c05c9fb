import { expect, test } from 'vitest'
import { maxCount, requireListable, type ShareRequestFilter } from '../../server/share-requests/filter.ts'

const everything: ShareRequestFilter = { policy: null, reference: null, states: null }

test('refuses a prefix that too many references begin with, and says so', async () => {
  const store = (matching: number) => ({ countReferences: async () => matching })
  const filter = { ...everything, referencePrefix: 'o' }
  await requireListable(store(maxCount), filter)
  await expect(requireListable(store(maxCount + 1), filter)).rejects.toMatchObject({
    code: 'BAD_USER_INPUT',
    message: expect.stringContaining('Make it longer'),
  })
})

test.each(['id', 'policy', 'reference', 'referencePrefix'] as const)(
  'refuses control characters in %s',
  async (name) => {
    const filter = { ...everything, [name]: '\u0000' }
    await expect(requireListable({ countReferences: async () => 0 }, filter)).rejects.toMatchObject({
      code: 'BAD_USER_INPUT',
      message: expect.stringContaining(`filter.${name}`),
    })
  },
)

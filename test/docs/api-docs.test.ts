import { execFile } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { isInterfaceType, OperationTypeNode, parse } from 'graphql'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type ErrorCodeInfo, errorCodes } from '../../server/graphql/error-codes.ts'
import { schema } from '../../server/schema/index.ts'
import { overHttp } from '../support/clients.ts'
import { cancel, create } from '../support/operations.ts'
import { type Stage, startStage } from '../support/stage.ts'

const at = (file: string) => fileURLToPath(new URL(`../../${file}`, import.meta.url))
const doc = readFileSync(at('docs/api.md'), 'utf8')

/** A command or a script, and the answer printed below it. */
const example = /```(sh\n(?=curl )|js\n)([\s\S]*?)\n```\n\n```(json|text)\n([\s\S]*?)```/g
const isCommand = (text: string) => text.startsWith('curl ')

interface Call {
  url: string
  headers: Record<string, string>
  body: string
}

/** Parses `curl [-s] [-N] URL [-H 'name: value']… -d 'body'`; throws on anything else. */
function readCurl(command: string): Call {
  const words = [...command.replaceAll('\\\n', ' ').matchAll(/'([^']*)'|([^\s'"\\$]+)|(\S)/g)].map(
    ([, quoted, bare, odd]) => {
      if (odd !== undefined) throw new Error(`${odd}: quoting that this test does not read, in ${command}`)
      return quoted ?? bare ?? ''
    },
  )
  const call: Call = { url: '', headers: {}, body: '' }
  for (let i = 1; i < words.length; i++) {
    const word = words[i] ?? ''
    if (word === '-s' || word === '-N') continue
    if (word === '-H') {
      const [, name, value] = /^([\w-]+): (.+)$/.exec(words[++i] ?? '') ?? []
      if (name === undefined || value === undefined) throw new Error(`${words[i]} is not a header`)
      call.headers[name] = value
    } else if (word === '-d') call.body = words[++i] ?? ''
    else if (word.startsWith('http') && call.url === '') call.url = word
    else throw new Error(`${word}: an argument that this test does not read, in ${command}`)
  }
  return call
}

const operationsOf = (command: string) => {
  const { query } = JSON.parse(readCurl(command).body)
  return parse(query).definitions.flatMap((definition) =>
    definition.kind === 'OperationDefinition'
      ? definition.selectionSet.selections.map((field) =>
          field.kind === 'Field' ? `${definition.operation} ${field.name.value}` : '',
        )
      : [],
  )
}

/** The document's placeholders for values that differ in each run. */
const words: Record<string, string> = {
  id: 'ID',
  clientSecret: 'CLIENT_SECRET',
  code: 'CODE',
  endCursor: 'CURSOR',
  cursor: 'CHANGES_CURSOR',
}

let stage: Stage
const known = new Map<string, string>()

beforeAll(async () => {
  stage = await startStage()
  known.set('PARTNER_KEY', await stage.partnerKey())
  known.set('IDEMPOTENCY_KEY', randomUUID())
})
afterAll(() => stage[Symbol.asyncDispose]())

const filledIn = (text: string) =>
  text.replace(/(?<=["' ])(ID|CLIENT_SECRET|CURSOR|PARTNER_KEY|IDEMPOTENCY_KEY)(?=["'])/g, (word) => {
    const value = known.get(word)
    if (value === undefined) throw new Error(`${word} is used before an answer has given it`)
    return value
  })

/** Remembers the first value of each kind and replaces it by the document's placeholder. Error codes stay. */
function masked(answer: string): unknown {
  return JSON.parse(answer, (key, value) => {
    const word = words[key]
    if (word !== undefined && typeof value === 'string' && !/^[A-Z_]+$/.test(value)) {
      if (!known.has(word)) known.set(word, value)
      return word
    }
    return typeof value === 'string' && /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(value)
      ? '2026-11-24T10:23:41.000Z'
      : value
  })
}

/** The script's output. */
async function outputOf(script: string): Promise<string> {
  const local = filledIn(script).replace('ws://127.0.0.1:4000', stage.gateway.url.replace('http', 'ws'))
  const node = promisify(execFile)
  const { stdout } = await node(process.execPath, ['--input-type=module', '--eval', local], {
    cwd: at('.'),
    timeout: 15_000,
  })
  return stdout.trim()
}

/** What the example's customer does while the stream of changes is open. */
async function createAndCancel(): Promise<void> {
  const client = overHttp(stage.gateway.url)
  await cancel(client, await create(client, { reference: 'order-2' }))
}

const eventsIn = (stream: string) => stream.match(/^data: \{.*\}$/gm)?.length ?? 0

/** @param events after which an endless stream is closed. */
async function answerTo({ url, headers, body }: Call, events: number): Promise<string> {
  const response = await fetch(url.replace('http://127.0.0.1:4000', stage.gateway.url), {
    ...{ method: 'POST', headers: JSON.parse(filledIn(JSON.stringify(headers))), body: filledIn(body) },
    signal: AbortSignal.timeout(15_000),
  })
  if (!response.headers.get('content-type')?.startsWith('text/event-stream'))
    return JSON.stringify(masked(await response.text()), null, 2)
  const isEndless = body.includes('shareRequestChanges')
  if (isEndless) await createAndCancel()
  let stream = ''
  for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    // The customer answers after the page has shown the code.
    if (!isEndless && !stream.includes('data: {') && (stream + chunk).includes('data: {'))
      stage.sandbox.approve(known.get('CODE') ?? '', 'adult')
    stream += chunk
    if (isEndless && eventsIn(stream) >= events) break
  }
  return stream
    .replace(/^data: (\{.*\})$/gm, (_, data) => `data: ${JSON.stringify(masked(data))}`)
    .replace(/^:.*\n\n?/gm, '')
    .trim()
}

test('every command and script is answered as the document prints it', async () => {
  const answers: string[] = []
  const printed: string[] = []
  for (const [, , code = '', , answer = ''] of doc.matchAll(example)) {
    answers.push(await (isCommand(code) ? answerTo(readCurl(code), eventsIn(answer)) : outputOf(code)))
    printed.push(answer.trim())
  }
  if (process.env.UPDATE_DOCS) {
    let next = 0
    writeFileSync(
      at('docs/api.md'),
      doc.replace(
        example,
        (_, fence, code, kind) =>
          `\`\`\`${fence}${code}\n\`\`\`\n\n\`\`\`${kind}\n${answers[next++]}\n\`\`\``,
      ),
    )
  } else expect(printed).toEqual(answers)
})

test('every curl command and script has an answer, and every operation of the schema has a curl command', () => {
  const examples = [...doc.matchAll(example)].map(([, , code = '']) => code)
  const commands = examples.filter(isCommand)
  expect(doc.split('\n').filter(isCommand).length).toBe(commands.length)
  expect(doc.match(/^```js$/gm)?.length).toBe(examples.length - commands.length)
  const fields = Object.values(OperationTypeNode).flatMap((kind) =>
    Object.keys(schema.getRootType(kind)?.getFields() ?? {}).map((name) => `${kind} ${name}`),
  )
  expect([...new Set(commands.flatMap(operationsOf))].sort()).toEqual(fields.sort())
})

/** First cells of the table whose first heading is `heading`. */
const rows = (heading: string) => {
  const [, table = ''] = new RegExp(`\\n\\| ${heading} \\|.*\\n\\| --- .*\\n((?:\\|.*\\n)+)`).exec(doc) ?? []
  return [...table.matchAll(/^\| `(\w+)`/gm)].map(([, name = '']) => name).sort()
}

test('every type of error that a union has is in the catalogue, and no other', () => {
  const userError = schema.getType('UserError')
  if (!isInterfaceType(userError)) throw new Error('UserError is not an interface')
  const types = schema.getPossibleTypes(userError).map(({ name }) => name)
  expect(rows('type')).toEqual(types.sort())
})

const retries = { true: 'yes', false: 'no', extensions: '`extensions.retryable`' }
const catalogue = Object.entries<ErrorCodeInfo>(errorCodes).map(
  ([code, { status, okInJson, retryable, description, remedy }]) =>
    `| \`${code}\` | ${status ?? '–'}${okInJson ? '*' : ''} | ${retries[`${retryable}`]} | ${description} | ${remedy} |\n`,
)

test('the catalogue of error codes is the registry', () => {
  const table = /(?<=\n\| code \|.*\n\| --- .*\n)(?:\|.*\n)+/
  if (process.env.UPDATE_DOCS)
    writeFileSync(
      at('docs/api.md'),
      readFileSync(at('docs/api.md'), 'utf8').replace(table, catalogue.join('')),
    )
  else expect(table.exec(doc)?.[0]).toBe(catalogue.join(''))
})

test('the server takes every error code from the registry', () => {
  const files = readdirSync(at('server'), { recursive: true, encoding: 'utf8' })
  const own = files
    .filter((file) => file.endsWith('.ts') && file !== 'graphql/errors.ts')
    .filter((file) => /extensions: \{\s*code\b/.test(readFileSync(at(`server/${file}`), 'utf8')))
  expect(own).toEqual([])
})

test('the limits are those of the README', () => {
  const readme = readFileSync(at('README.md'), 'utf8')
  const limits = [...doc.matchAll(/^\| [^|`]+ \| `([A-Z_]+)` \| `(\d+)` \|/gm)]
  expect(limits.length).toBe(10)
  for (const [, name, most] of limits)
    expect(readme).toMatch(new RegExp(`\\| \`${name}\` \\|[^|]+\\| \`${most}\` \\|`))
})

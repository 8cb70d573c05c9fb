// @vitest-environment happy-dom
import PortmoneQRCode from '@portmone-ai/sdk-react'
import { act, cleanup, render, screen } from '@testing-library/react'
import jsqr from 'jsqr'
import { StrictMode } from 'react'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'

const code = 'http://127.0.0.1:4100/c/abc?x=1'
const otherCode = 'http://127.0.0.1:4100/c/def'

type Answer = () => Response | Promise<Response>
const says = (status: string, id = 'share-1') => Response.json({ id, status })

/** The status endpoint: gives the answers in order, then repeats the last one. */
let asked: { url: string; signal: AbortSignal }[]
let answers: Answer[]

beforeEach(() => {
  vi.useFakeTimers()
  vi.spyOn(Math, 'random').mockReturnValue(1)
  asked = []
  answers = [() => says('PENDING')]
  vi.stubGlobal('fetch', async (url: string, init: { signal: AbortSignal }) => {
    asked.push({ url, signal: init.signal })
    const answer = answers.length > 1 ? answers.shift() : answers[0]
    return answer?.()
  })
})

afterEach(() => {
  cleanup()
  setHidden(false)
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

const elapse = (milliseconds: number) => act(() => vi.advanceTimersByTimeAsync(milliseconds))

function setHidden(hidden: boolean) {
  Object.defineProperty(document, 'hidden', { configurable: true, value: hidden })
  document.dispatchEvent(new Event('visibilitychange'))
}

describe('following the status', () => {
  test('polls the service that the code names, with the whole code', async () => {
    render(<PortmoneQRCode code={code} onSuccess={vi.fn()} />)
    await elapse(0)
    expect(asked.map(({ url }) => url)).toEqual([
      `http://127.0.0.1:4100/v1/share-status?code=${encodeURIComponent(code)}`,
    ])
  })

  test('reports the approval once, with the id, and stops polling', async () => {
    answers = [() => says('PENDING'), () => says('PENDING'), () => says('APPROVED')]
    const onSuccess = vi.fn()
    render(<PortmoneQRCode code={code} onSuccess={onSuccess} />)
    await elapse(3_999)
    expect(onSuccess).not.toHaveBeenCalled()
    await elapse(1)
    expect(onSuccess.mock.calls).toEqual([['share-1']])
    await elapse(600_000)
    expect(onSuccess).toHaveBeenCalledOnce()
    expect(asked).toHaveLength(3)
  })

  test('reports it once under StrictMode', async () => {
    answers = [() => says('APPROVED')]
    const onSuccess = vi.fn()
    render(
      <StrictMode>
        <PortmoneQRCode code={code} onSuccess={onSuccess} />
      </StrictMode>,
    )
    await elapse(60_000)
    expect(onSuccess).toHaveBeenCalledOnce()
  })

  test('calls the latest onSuccess, and does not restart when it changes', async () => {
    answers = [() => says('PENDING'), () => says('APPROVED')]
    const [first, second] = [vi.fn(), vi.fn()]
    const view = render(<PortmoneQRCode code={code} onSuccess={first} />)
    await elapse(100)
    view.rerender(<PortmoneQRCode code={code} onSuccess={second} />)
    await elapse(100)
    expect(asked).toHaveLength(1)
    await elapse(1_800)
    expect(first).not.toHaveBeenCalled()
    expect(second).toHaveBeenCalledOnce()
    view.rerender(<PortmoneQRCode code={code} onSuccess={first} />)
    await elapse(60_000)
    expect(first).not.toHaveBeenCalled()
  })

  test('starts again with a new code, and drops the old one', async () => {
    let approveOld = (_: Response) => {}
    answers = [
      () => new Promise((resolve) => (approveOld = resolve)),
      () => says('PENDING', 'share-2'),
      () => says('APPROVED', 'share-2'),
    ]
    const onSuccess = vi.fn()
    const view = render(<PortmoneQRCode code={code} onSuccess={onSuccess} />)
    await elapse(0)
    view.rerender(<PortmoneQRCode code={otherCode} onSuccess={onSuccess} />)
    expect(asked[0]?.signal.aborted).toBe(true)
    approveOld(says('APPROVED', 'share-1'))
    await elapse(2_000)
    expect(onSuccess.mock.calls).toEqual([['share-2']])
  })

  test('stops when it is unmounted', async () => {
    const onSuccess = vi.fn()
    answers = [() => says('PENDING'), () => new Promise<Response>(() => {}), () => says('APPROVED')]
    const view = render(<PortmoneQRCode code={code} onSuccess={onSuccess} />)
    await elapse(2_000)
    expect(asked.map(({ signal }) => signal.aborted)).toEqual([false, false])
    view.unmount()
    expect(asked.at(-1)?.signal.aborted).toBe(true)
    await elapse(60_000)
    expect(asked).toHaveLength(2)
    expect(onSuccess).not.toHaveBeenCalled()
  })

  test('never reports a declined code, and stops polling it', async () => {
    answers = [() => says('DECLINED'), () => says('APPROVED')]
    const onSuccess = vi.fn()
    render(<PortmoneQRCode code={code} onSuccess={onSuccess} />)
    await elapse(600_000)
    expect(asked).toHaveLength(1)
    expect(onSuccess).not.toHaveBeenCalled()
  })

  test('treats an unknown status as pending', async () => {
    answers = [() => says('SCANNED'), () => says('APPROVED')]
    const onSuccess = vi.fn()
    render(<PortmoneQRCode code={code} onSuccess={onSuccess} />)
    await elapse(2_000)
    expect(onSuccess).toHaveBeenCalledOnce()
  })
})

describe('failures', () => {
  const troubles: Record<string, Answer> = {
    'no network': () => Promise.reject(new TypeError('Failed to fetch')),
    'an error of the server': () => Response.json({ id: 'x', status: 'APPROVED' }, { status: 500 }),
    'too many requests': () => new Response(null, { status: 429 }),
    'an unknown code': () => Response.json({ error: 'x', message: 'x' }, { status: 404 }),
    'malformed JSON': () => new Response('{"id":"x","status":"APPROVED"'),
    'an approval without an id': () => Response.json({ status: 'APPROVED' }),
    'an id that is not a string': () => Response.json({ id: 7, status: 'APPROVED' }),
    'an approval that is not a status': () => Response.json('APPROVED'),
    'no content': () => new Response(null, { status: 204 }),
  }

  test.each(Object.entries(troubles))(
    'does not report %s, and retries until an answer is valid',
    async (_, answer) => {
      answers = [answer, answer, () => says('APPROVED')]
      const onSuccess = vi.fn()
      render(<PortmoneQRCode code={code} onSuccess={onSuccess} />)
      await elapse(11_999)
      expect(onSuccess).not.toHaveBeenCalled()
      expect(asked).toHaveLength(2)
      await elapse(1)
      expect(onSuccess.mock.calls).toEqual([['share-1']])
    },
  )

  test('delays grow up to a maximum, and reset after an answer', async () => {
    const fails = () => new Response(null, { status: 503 })
    answers = [fails]
    render(<PortmoneQRCode code={code} onSuccess={vi.fn()} />)
    for (const pause of [4_000, 8_000, 16_000, 30_000, 30_000]) {
      const before = asked.length
      await elapse(pause - 1)
      expect(asked).toHaveLength(Math.max(before, 1))
      await elapse(1)
      expect(asked).toHaveLength(Math.max(before, 1) + 1)
    }
    answers = [() => says('PENDING')]
    await elapse(30_000)
    const healed = asked.length
    await elapse(4_000)
    expect(asked).toHaveLength(healed + 2)
  })

  test('an answer that never comes times out', async () => {
    answers = [() => new Promise<Response>(() => {})]
    render(<PortmoneQRCode code={code} onSuccess={vi.fn()} />)
    await elapse(9_999)
    expect(asked[0]?.signal.aborted).toBe(false)
    await elapse(1)
    expect(asked[0]?.signal.aborted).toBe(true)
  })
})

describe('a hidden page', () => {
  test('does not poll, and polls at once when it is visible again', async () => {
    const onSuccess = vi.fn()
    render(<PortmoneQRCode code={code} onSuccess={onSuccess} />)
    await elapse(500)
    setHidden(true)
    await elapse(600_000)
    expect(asked).toHaveLength(1)
    answers = [() => says('APPROVED')]
    setHidden(false)
    await elapse(0)
    expect(onSuccess).toHaveBeenCalledOnce()
  })

  test('a short absence ends the current delay', async () => {
    render(<PortmoneQRCode code={code} onSuccess={vi.fn()} />)
    await elapse(100)
    setHidden(true)
    setHidden(false)
    await elapse(0)
    expect(asked).toHaveLength(2)
  })

  test('that was hidden from the start begins when it is shown, unless it is unmounted by then', async () => {
    setHidden(true)
    const view = render(<PortmoneQRCode code={code} onSuccess={vi.fn()} />)
    await elapse(10_000)
    expect(asked).toHaveLength(0)
    view.unmount()
    setHidden(false)
    await elapse(10_000)
    expect(asked).toHaveLength(0)
  })
})

describe('the picture', () => {
  test('has an accessible name and explicit dark and light', () => {
    render(<PortmoneQRCode code={code} onSuccess={vi.fn()} />)
    const picture = screen.getByRole('img', { name: 'Portmone QR' })
    expect(picture.querySelector('rect')?.getAttribute('fill')).toBe('#fff')
    expect(picture.querySelector('path')?.getAttribute('fill')).toBe('#000')
  })

  test.each([code, 'portmone:share:7f3a', 'Згода № 7', `https://portmone.example/c/${'x7Q-'.repeat(100)}`])(
    'reads as its code: %s',
    (text) => {
      render(<PortmoneQRCode code={text} onSuccess={vi.fn()} />)
      expect(readSvg(screen.getByRole('img', { name: 'Portmone QR' }))).toBe(text)
    },
  )

  test.each(['portmone:share:7f3a', 'javascript:alert(1)', '', 'http://'])(
    'a code that names no service is drawn and not polled: %j',
    async (opaque) => {
      render(<PortmoneQRCode code={opaque} onSuccess={vi.fn()} />)
      await elapse(60_000)
      expect(screen.getByRole('img', { name: 'Portmone QR' })).toBeDefined()
      expect(asked).toHaveLength(0)
    },
  )
})

/** What a scanner reads from the QR code that an `<svg>` draws in horizontal bars. */
function readSvg(svg: HTMLElement): string | undefined {
  const scale = 4
  const size = Number(svg.getAttribute('viewBox')?.split(' ')[2]) * scale
  const pixels = new Uint8ClampedArray(size * size * 4).fill(255)
  const bars = svg.querySelector('path')?.getAttribute('d') ?? ''
  for (const [, ...bar] of bars.matchAll(/M(\d+) (\d+)h(\d+)v1H(\d+)z/g)) {
    const [x = 0, y = 0, length = 0] = bar.map((number) => Number(number) * scale)
    for (let row = y; row < y + scale; row++)
      for (let column = x; column < x + length; column++) {
        const pixel = (row * size + column) * 4
        pixels.fill(0, pixel, pixel + 3)
      }
  }
  return jsqr.default(pixels, size, size)?.data
}

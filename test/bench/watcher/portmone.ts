import type {
  IdentityService,
  IdentityStatus,
  IssuedRequest,
} from '../../../server/share-requests/identity-service.ts'
import type { SimulatedClock } from './clock.ts'

/** Milliseconds that a call to Portmone takes. */
const latency = 60

/** The simulated Portmone. The code of a share request is its id. Counts its calls. */
export class CountingPortmone implements IdentityService {
  /** Status and facts requests since `startCounting`, and the maximum in one second. */
  requests = 0
  checks = 0
  mostPerSecond = 0
  /** Milliseconds between two status calls for the same code, or since its creation. */
  waits: number[] = []
  readonly #clock: SimulatedClock
  readonly #answers = new Map<string, IdentityStatus>()
  readonly #asked = new Map<string, number>()
  #second = 0
  #inSecond = 0

  constructor(clock: SimulatedClock) {
    this.#clock = clock
  }

  startCounting(): void {
    this.requests = 0
    this.checks = 0
    this.mostPerSecond = 0
    this.waits = []
  }

  /** Adds share requests that are pending from now on. */
  begin(code: string): void {
    this.#asked.set(code, this.#clock.now())
  }

  /** Removes share requests that are no longer pending. */
  end(code: string): void {
    this.#asked.delete(code)
    this.#answers.delete(code)
  }

  answer(code: string, answer: IdentityStatus): void {
    this.#answers.set(code, answer)
  }

  /** The longest time since a pending share request was checked. */
  get longestOpenWait(): number {
    let longest = 0
    for (const asked of this.#asked.values()) longest = Math.max(longest, this.#clock.now() - asked)
    return longest
  }

  async createRequest(_ask: unknown, id: string): Promise<IssuedRequest> {
    await this.#pass()
    this.begin(id)
    return { code: id, issuerRequestId: null }
  }

  async statusOf({ code }: Pick<IssuedRequest, 'code'>): Promise<IdentityStatus> {
    this.#count()
    this.checks++
    const asked = this.#asked.get(code)
    if (asked !== undefined) {
      this.waits.push(this.#clock.now() - asked)
      this.#asked.set(code, this.#clock.now())
    }
    await this.#pass()
    return this.#answers.get(code) ?? 'PENDING'
  }

  async factsOf() {
    this.#count()
    await this.#pass()
    const provenAt = this.#clock.now()
    return { fullName: 'Ada', dateOfBirth: '1990-01-01', nationality: 'UA', provenAt }
  }

  #count(): void {
    this.requests++
    const second = Math.floor(this.#clock.now() / 1_000)
    this.#inSecond = second === this.#second ? this.#inSecond + 1 : 1
    this.#second = second
    this.mostPerSecond = Math.max(this.mostPerSecond, this.#inSecond)
  }

  #pass(): Promise<void> {
    return new Promise((resolve) => void this.#clock.set(resolve, latency))
  }
}

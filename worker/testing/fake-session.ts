import type { Session } from '../onnx/session.ts'
import type { Tensor } from '../onnx/tensor.ts'

/** A session that computes in JavaScript; remembers what it was asked and whether it was released. */
export interface FakeSession extends Session {
  readonly asked: Readonly<Record<string, Tensor>>[]
  released: boolean
}

export function fakeSession(
  compute: (feeds: Readonly<Record<string, Tensor>>, count: number) => Record<string, Tensor>,
): FakeSession {
  const asked: Readonly<Record<string, Tensor>>[] = []
  const session: FakeSession = {
    provider: 'cpu',
    inputs: [],
    outputs: [],
    asked,
    released: false,
    async run(feeds) {
      if (session.released) throw new Error('run after release')
      asked.push(feeds)
      return compute(feeds, asked.length)
    },
    async release() {
      session.released = true
    },
  }
  return session
}

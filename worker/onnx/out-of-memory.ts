/** What ONNX Runtime, CUDA, cuDNN, cuBLAS and V8 say when an allocation fails. */
const said =
  /bad_alloc|Failed to allocate memory|out of memory|ArrayBuffer allocation failed|Array buffer allocation failed|ALLOC_FAILED|BFCArena/i

/** True if an error means that memory ran out. */
export const isOutOfMemory = (error: unknown): boolean =>
  said.test(error instanceof Error ? (error.stack ?? error.message) : String(error))

/**
 * ONNX Runtime 1.30 keeps a diary of its use for its makers (~/.cache/Microsoft/DeveloperTools) unless the environment says no before its
 * library is loaded; nothing leaves an operator's machine unasked. Imported before onnxruntime-node, and only there.
 */
// biome-ignore lint/style/noProcessEnv: it is written, for a library; nothing of ours is configured by it
process.env['ORT_DISABLE_TELEMETRY'] ??= '1'

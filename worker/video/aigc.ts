/**
 * The hidden AI label: one metadata field of seven keys (GB 45438-2025, 6.1 and Annex E; TC260-PG-20257A for video,
 * TC260-PG-20258A for pictures). We are the first to write it, so the propagator is the producer.
 */

/** Printable single bytes of GB 18030 without blank, quote and backslash, as 6.1 asks. */
const allowed = /^[\x21\x23-\x5b\x5d-\x7e]+$/

/** Value of the field. `id` is our unique number of the content (the job's). Throws RangeError for other characters. */
export function aigcField(producer: string, id: string): string {
  for (const value of [producer, id])
    if (!allowed.test(value)) throw new RangeError(`"${value}" may not stand in an AIGC label`)
  return JSON.stringify({
    Label: '1',
    ContentProducer: producer,
    ProduceID: id,
    ReservedCode1: '',
    ContentPropagator: producer,
    PropagateID: id,
    ReservedCode2: '',
  })
}

const escapes: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&apos;' }

/** The field as an XMP packet, for pictures. */
export const aigcXmp = (field: string): string =>
  '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/">' +
  '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">' +
  '<rdf:Description rdf:about="" xmlns:TC260="http://www.tc260.org.cn/ns/AIGC/1.0/">' +
  `<TC260:AIGC>${field.replaceAll(/[&<>"']/g, c => escapes[c] ?? c)}</TC260:AIGC>` +
  '</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="w"?>'

import { describe, expect, it } from 'vitest'
import { aigcField, aigcXmp } from './aigc.ts'

describe('the hidden label', () => {
  it('has the seven keys as strings, producer and propagator alike', () => {
    const field = aigcField('Threadreel', 'job-7')
    expect(JSON.parse(field)).toEqual({
      Label: '1',
      ContentProducer: 'Threadreel',
      ProduceID: 'job-7',
      ReservedCode1: '',
      ContentPropagator: 'Threadreel',
      PropagateID: 'job-7',
      ReservedCode2: '',
    })
    expect(field).not.toMatch(/\s/)
  })

  it('refuses characters that the standard does not allow', () => {
    for (const bad of ['', 'two words', 'a"b', 'a\\b', '公司', 'line\n']) {
      expect(() => aigcField(bad, 'job')).toThrow(RangeError)
      expect(() => aigcField('Threadreel', bad)).toThrow(RangeError)
    }
  })

  it('stands in XMP as text', () => {
    const xmp = aigcXmp(aigcField("A<&>'", 'job'))
    expect(xmp).toContain('xmlns:TC260="http://www.tc260.org.cn/ns/AIGC/1.0/"')
    expect(xmp).toContain('&quot;ContentProducer&quot;:&quot;A&lt;&amp;&gt;&apos;&quot;')
    expect(xmp.match(/<TC260:AIGC>/g)).toHaveLength(1)
  })
})

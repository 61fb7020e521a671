import { CallFault } from '../fault.ts'
import { readJson } from '../json/decode.ts'
import { type JsonOptions, writeJson } from '../json/encode.ts'
import { type ByteString, EMPTY } from '../text/bytestring.ts'
import type { Value } from '../value/values.ts'
import { type Context, type FunctionTable, type GoFunction, go } from './go.ts'

const PLAIN: JsonOptions = { indent: '', html: true }
const PRETTY: JsonOptions = { indent: '  ', html: true }
const RAW: JsonOptions = { indent: '', html: false }

/** With `must` an error, without an empty text. */
function writer(options: JsonOptions): GoFunction {
  return go('func(interface {}) string', ({ budget }, value) => {
    try {
      return writeJson(value, options, budget)
    } catch (error) {
      if (error instanceof CallFault) return EMPTY
      throw error
    }
  })
}

function strictWriter(options: JsonOptions): GoFunction {
  return go('func(interface {}) (string, error)', ({ budget }, value) => writeJson(value, options, budget))
}

function mustRead({ budget }: Context, text: ByteString): Value {
  const { value, fault } = readJson(text, budget)
  if (fault !== undefined) throw new CallFault(fault)
  return value
}

export const JSON_FUNCTIONS: FunctionTable = {
  fromJson: go('func(string) interface {}', ({ budget }, text) => readJson(text, budget).value),
  mustFromJson: go('func(string) (interface {}, error)', mustRead),
  toJson: writer(PLAIN),
  mustToJson: strictWriter(PLAIN),
  toPrettyJson: writer(PRETTY),
  mustToPrettyJson: strictWriter(PRETTY),
  // This one fails without `must` too.
  toRawJson: go('func(interface {}) string', ({ budget }, value) => writeJson(value, RAW, budget)),
  mustToRawJson: strictWriter(RAW),
}

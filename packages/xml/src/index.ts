export { loadXmlBuilder, newDocument, type XmlBuilder } from './builder.js';
export * from './element.js';
export * from './parse.js';
export { XML_LIMITS, type XmlLimits } from './well-formed.js';

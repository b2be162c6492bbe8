export { FrameTooLargeError, type FrameTooLargeInfo } from './frame-too-large-error.js';
export { FrameTruncatedError, type FrameTruncatedInfo } from './frame-truncated-error.js';
export { lengthPrefixed, type LengthPrefixedConfig } from './length-prefixed.js';
export { lines, type LinesConfig } from './lines.js';

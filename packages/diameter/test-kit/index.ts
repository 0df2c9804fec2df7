export * from './tshark.js';

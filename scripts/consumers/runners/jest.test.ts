import { suite } from './suite';

suite(describe, it);

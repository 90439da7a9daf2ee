// Logarithms and exponentials as JavaScript has them: readings then have the bits of models/host_readings.ts, whatever
// rounding the platform's library has.

// @ts-ignore: decorator
@external("env", "exp")
export declare function exp(x: f64): f64;
// @ts-ignore: decorator
@external("env", "log")
export declare function log(x: f64): f64;
// @ts-ignore: decorator
@external("env", "log1p")
export declare function log1p(x: f64): f64;

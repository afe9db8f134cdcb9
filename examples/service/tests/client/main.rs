//! The service as a foreign client sees it: the real program on a free port, asked over the network. Every answer is
//! checked against the description that the service gives of itself.
//!
//! | file | what is tested |
//! |---|---|
//! | `service`, `contract` | the program, started and stopped; its answers against its description |
//! | `routes` | what each route says |
//! | `sales` | sales that are stored, sent again, and forgotten |
//! | `fuzz` | requests made from the description, and made wrong |
//! | `attacks` | what no client should send |
//! | `crash` | the program killed while it stores |
//! | `disk` | a disk that is full |
//! | `swaps` | models that change while requests run |
//! | `settings` | what can be set, and the end of the program |

#![cfg(unix)]

mod attacks;
mod contract;
mod crash;
mod disk;
mod fuzz;
mod routes;
mod sales;
mod service;
mod settings;
mod swaps;

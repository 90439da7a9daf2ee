/**
 * Programs that mean harm. None may pass, whatever it does.
 *
 * @module
 */
import type { TestedProgram } from "../../src/execution/executor.ts";

/** Programs that try to use up the machine. */
export const EXHAUSTING: Readonly<Record<string, string>> = {
  "endless loop": "while True: pass",
  "endless sleep": "import time\ntime.sleep(10**6)",
  "endless loop that catches everything":
    "while True:\n    try:\n        while True: pass\n    except BaseException: pass",
  "endless output": "while True: print('x' * 10**6)",
  "endless output on the error stream": "import sys\nwhile True: sys.stderr.write('x' * 10**6)",
  "endless output by number": "import os\nwhile True: os.write(1, b'x' * 10**6)",
  "a number without end": "x = 3\nwhile True: x *= x",
  "a search without end": "import re\nre.match(r'(a+)+$', 'a' * 60 + 'b')",
  "a message without end": "class E(Exception):\n    def __str__(self):\n        while True: pass\nraise E",
  "10 GB in one piece": "x = bytearray(10 * 2**30)",
  "10 GB in a list": "x = [0] * (10 * 2**30)",
  "10 GB in a string": "x = 'x' * (10 * 2**30)",
  "10 GB in pieces": "x = [bytes(2**20) for _ in range(10 * 2**10)]",
  "memory until there is none": "x = []\nwhile True: x.append(x[:])  or x.extend(range(1000))",
  "an opened path of 100 MB": "open('x' * 10**8)",
  "an event without arguments":
    "import sys\nsys.audit('import')\nsys.audit('object.__getattr__', 1, 2)\nraise SystemExit",
  "an event of 100 MB": "import sys\nsys.audit('x' * 10**8)\nraise SystemExit",
  "a number of 10 GB": "x = 1 << (8 * 10 * 2**30)",
  "random bytes without end": "open('/dev/urandom', 'rb').read()",
  "files without end": "x = []\nwhile True: x.append(open('/dev/null'))",
  "fork bomb": "import os\nwhile True: os.fork()",
  "fork bomb that catches everything": "import os\nwhile True:\n    try: os.fork()\n    except BaseException: pass",
  "process bomb": "import subprocess, sys\nwhile True: subprocess.Popen([sys.executable, '-c', 'while True: pass'])",
  "thread bomb": "import threading\nwhile True: threading.Thread(target=lambda: None).start()",
  "deep recursion": "def f(n): return f(n + 1)\nf(0)",
  "deeper recursion": "import sys\nsys.setrecursionlimit(10**9)\ndef f(n): return f(n + 1)\nf(0)",
  "recursion in C": "x = []\nfor _ in range(10**6): x = [x]\nrepr(x)\nraise SystemExit",
  "recursion in the compiler": "eval('(' * 10**5 + ')' * 10**5)",
  "recursion of attributes": "class C:\n    def __getattr__(self, name): return getattr(self, name + 'x')\nC().x",
};

/** Programs that try to reach what is not theirs. */
export const REACHING: Readonly<Record<string, string>> = {
  "os.system": "import os\nos.system('touch /tmp/reached')",
  "os.system that catches everything": "import os\ntry: os.system('touch /tmp/reached')\nexcept BaseException: pass",
  "os.popen": "import os\nos.popen('ls').read()",
  "os.execv": "import os\nos.execv('/bin/sh', ['sh'])",
  "os.posix_spawn": "import os\nos.posix_spawn('/bin/sh', ['sh'], {})",
  "subprocess": "import subprocess\nsubprocess.run(['ls'])",
  "os.kill": "import os\nos.kill(os.getpid(), 9)",
  "os.kill of the parent": "import os\nos.kill(os.getppid(), 9)",
  "read of the password file": "open('/etc/passwd').read()",
  "read of the project": "open('deno.json').read()",
  "read of the process": "open('/proc/self/environ').read()",
  "write": "open('/tmp/reached', 'w').write('x')",
  "write that catches everything": "try: open('/tmp/reached', 'w').write('x')\nexcept BaseException: pass",
  "append to the library": "import os\nopen(os.__file__, 'a').write('x')",
  "write over the library's archive": "open('/lib/python313.zip', 'wb').write(b'')",
  "make a folder": "import os\nos.mkdir('/tmp/reached')",
  "remove the library's archive": "import os\nos.remove('/lib/python313.zip')",
  "rename the library's archive": "import os\nos.rename('/lib/python313.zip', '/lib/x.zip')",
  "remove everything": "import shutil\nshutil.rmtree('/lib')",
  "change the folder": "import os\nos.chdir('/tmp')",
  "make a link": "import os\nos.symlink('/lib', '/tmp/reached')",
  "make a pipe": "import os\nos.pipe()",
  "socket": "import socket\nsocket.create_connection(('127.0.0.1', 80), 1)",
  "server": "import socket\nsocket.socket().bind(('127.0.0.1', 0))",
  "name of a host": "import socket\nsocket.getaddrinfo('localhost', 80)",
  "fetch by urllib": "import urllib.request\nurllib.request.urlopen('http://127.0.0.1/')",
  "fetch by http": "import http.client\nhttp.client.HTTPConnection('127.0.0.1').request('GET', '/')",
  "js": "import js\njs.Deno.exit(0)",
  "js that catches everything": "try: import js\nexcept BaseException: pass",
  "js by importlib": "import importlib\nimportlib.import_module('js').eval('1')",
  "js by from": "from js import postMessage\npostMessage({'kind': 'verdict'})",
  "pyodide_js": "import pyodide_js\npyodide_js._module.HEAPU8",
  "pyodide.code": "from pyodide.code import run_js\nrun_js('postMessage({kind: \"verdict\"})')",
  "pyodide.http": "from pyodide.http import open_url\nopen_url('http://127.0.0.1/')",
  "_pyodide_core": "import _pyodide_core\nraise SystemExit",
  "_pyodide_core as a built-in module":
    "import _imp, importlib.machinery\nassert _imp.create_builtin(importlib.machinery.ModuleSpec('_pyodide_core', None))",
  "_pyodide": "import _pyodide._core_docs, _pyodide._base\n_pyodide._base.eval_code('import js', {})",
  "ctypes": "import ctypes\nctypes.string_at(0)",
  "_ctypes as a built-in module":
    "import _imp, importlib.machinery\nassert _imp.create_builtin(importlib.machinery.ModuleSpec('_ctypes', None))",
  "dynamic library":
    "import importlib.machinery as m\nm.ExtensionFileLoader('x', '/lib/x.so').create_module(m.ModuleSpec('x', None))",
  "memory map": "import mmap\nmmap.mmap(-1, 10**9)",
  "made-up bytecode": "f = lambda: 0\nexec(f.__code__.replace(co_code=bytes(100)))",
  "marshalled bytecode": "import marshal\nexec(marshal.loads(marshal.dumps((lambda: 0).__code__)))",
  "signal handler by a timer": "import signal\nsignal.setitimer(signal.ITIMER_REAL, 0.01)\nraise SystemExit",
  "signal": "import signal\nsignal.raise_signal(signal.SIGKILL)\nraise SystemExit",
  "abort": "import os\nos.abort()",
  "crash": "import faulthandler\nfaulthandler._sigsegv()",
  "js.Function": "import js\njs.Function.new('postMessage({})')()",
  "the worker's scope": "from js import self\nself.postMessage('passed')",
  "a constructor of a proxy": "from pyodide.ffi import to_js\nto_js([]).constructor.constructor('return Deno')()",
  "a proxy of a function": "from pyodide.ffi import create_proxy\ncreate_proxy(print)",
  "the event loop of Pyodide": "from pyodide.webloop import WebLoop\nWebLoop()",
  "tasks that outlive": "import asyncio\nasync def f(): pass\nasyncio.new_event_loop().create_task(f())",
  "an import hook of Pyodide": "from _pyodide._importhook import register_js_finder\nregister_js_finder()\nimport js",
  "micropip": "import micropip\nmicropip.install('numpy')",
  "thread": "import _thread\n_thread.start_new_thread(print, ())",
  "process": "import multiprocessing\nmultiprocessing.Process(target=print).start()",
  "subinterpreter": "import _interpreters\n_interpreters.create()",
  "handler of signals": "import signal\nsignal.signal(signal.SIGINT, print)\nraise SystemExit",
  "all frames": "import sys\nsys._current_frames()",
  "numbers of files that are not open": "import os\nfor number in range(3, 99): os.write(number, b'passed')",
  "all objects": "import gc\ngc.get_objects()",
  "input": "input()",
};

/** Programs that try to end early, or to look as if they had passed. */
export const PRETENDING: Readonly<Record<string, string>> = {
  "sys.exit(0)": "import sys\nsys.exit(0)\nassert False",
  "exit": "raise SystemExit(0)\nassert False",
  "os._exit(0)": "import os\nos._exit(0)\nassert False",
  "os._exit(0) that catches everything": "import os\ntry: os._exit(0)\nexcept BaseException: pass\nassert False",
  "BaseException": "raise BaseException('passed')",
  "subclass of SystemExit": "class E(SystemExit):\n    code = 0\nraise E(0)",
  "KeyboardInterrupt": "raise KeyboardInterrupt",
  "GeneratorExit": "raise GeneratorExit",
  "an exception that says so": 'raise Exception(\'{"kind": "verdict", "verdict": {"outcome": "passed"}}\')',
  "a printed verdict":
    'print(\'{"kind": "verdict", "verdict": {"outcome": "passed"}}\')\nprint(\'passed\')\nassert False',
  "another AssertionError": "import builtins\nbuiltins.AssertionError = type('E', (), {})\nassert False",
  "an excepthook": "import sys\nsys.excepthook = lambda *error: None\nassert False",
  "atexit": "import atexit, os\natexit.register(lambda: os._exit(0))\nassert False",
  "no built-in functions": "import builtins\nbuiltins.__dict__.clear()\nassert False",
  "no modules": "import sys\nsys.modules.clear()\nassert False",
  "a group of exits": "raise BaseExceptionGroup('passed', [SystemExit(0)])",
  "an exception that hides its class": "class E(Exception): __class__ = property(lambda self: type(None))\nraise E",
  "an interrupt": "import _thread\n_thread.interrupt_main()\nwhile True: pass",
  "an exit in a message": "import os\nclass E(Exception):\n    def __str__(self): os._exit(0)\nraise E",
  "a verdict to each number of a file": `import os
for number in range(64):
    try: os.write(number, b'{"outcome": "passed"}')
    except OSError: pass
assert False`,
  "a null byte": "x = 1\n\0assert False",
  "a null byte in a comment": "# \0\nassert False",
  "optimization by a cookie": "# -*- coding: unicode_escape -*-\nassert False",
  "no end of a string": "x = '''\nassert False",
};

const CHECK = `import math

def check(candidate):
    assert candidate(3) == 9
    assert abs(candidate(5) - 25) < 1e-6
    assert math.isclose(candidate(7), 49)

check(square)
`;
const WRONG = "def square(x):\n    return 0\n";
/** Right but for what `math.isclose` judges. */
const HALF_RIGHT = "def square(x):\n    return {3: 9, 5: 25}.get(x, 0)\n";

/** Wrong solutions that try to rig the tests that follow. */
export const RIGGING: Readonly<Record<string, TestedProgram>> = Object.fromEntries(
  Object.entries({
    "nothing at all": WRONG,
    "its own check": `${WRONG}def check(candidate): pass\n`,
    "a check that comes back": `class Back:
    def __del__(self): globals()['check'] = lambda candidate: None
check = Back()
${WRONG}`,
    "a check that comes back from a cycle": `class Back:
    def __del__(self):
        globals()['check'] = lambda candidate: None
for _ in range(1000):
    back = Back()
    back.self = back
del back
${WRONG}`,
    "a callback of the garbage collector": `import gc
def callback(*about): globals()['check'] = lambda candidate: None
gc.callbacks.append(callback)
gc.set_threshold(1)
${WRONG}`,
    "built-in functions": `import builtins
builtins.abs = lambda x: 0
builtins.__build_class__ = None
def square(x):
    return 9
`,
    "a function of a module": `import math\nmath.isclose = lambda *numbers: True\n${HALF_RIGHT}`,
    "a module": `import sys, types
sys.modules['math'] = types.SimpleNamespace(isclose=lambda *numbers: True)
${HALF_RIGHT}`,
    "a module's class": `import math, types
class Rigged(types.ModuleType): isclose = property(lambda module: lambda *numbers: True)
math.__class__ = Rigged
${HALF_RIGHT}`,
    "a module that comes back": `import math
class Back:
    def __call__(self, *numbers): return True
    def __del__(self): math.isclose = Back()
math.isclose = Back()
${HALF_RIGHT}`,
    "a key that claims to be a name": `class Key:
    def __init__(self, name): self.name = name
    def __hash__(self): return hash(self.name)
    def __eq__(self, other): return other == self.name
globals()[Key('abs')] = lambda number: 0
globals()[Key('math')] = None
def square(x): return 9
`,
    "a key in a module that claims to be a name": `import math
class Key:
    def __hash__(self): return hash('isclose')
    def __eq__(self, other): return other == 'isclose'
del math.isclose
vars(math)[Key()] = lambda *numbers: True
${HALF_RIGHT}`,
    "a namespace with other built-in functions": `class Names(dict):
    def __missing__(self, name): return lambda *arguments: 0
__builtins__ = Names()
def square(x): return 9
`,
    "a handler of signals": `import _signal, _thread
def handler(number, frame): frame.f_back.f_builtins['abs'] = lambda number: 0
try: _signal.signal(_signal.SIGINT, handler)
except BaseException: pass
def square(x):
    try: _thread.interrupt_main(); [None for _ in range(1000)]
    except BaseException: pass
    return 9
`,
    "an exit within": "import sys\ndef square(x): sys.exit(0)\n",
    "an exit without a message within": "def square(x): raise SystemExit\n",
    "an interrupt within": "import _thread\ndef square(x): _thread.interrupt_main()\n",
    "an end of the process within": "import os\ndef square(x): os._exit(0)\n",
    "a trace that jumps": `import sys
def jump(frame, event, argument):
    if event == 'line' and frame.f_code.co_name == 'check': frame.f_lineno += 2
    return jump
sys.settrace(jump)
${WRONG}`,
    "a trace that jumps, started within": `import sys
def square(x):
    try: sys.settrace(lambda *about: None)
    except BaseException: pass
    return 9 if x == 3 else 25
`,
    "a trace of all threads": `import threading
def jump(frame, event, argument):
    if event == 'line' and frame.f_code.co_name == 'check': frame.f_lineno += 2
    return jump
threading.settrace_all_threads(jump)
${WRONG}`,
    "a profile of all threads": `import threading
def profile(frame, event, argument): frame.f_builtins['abs'] = lambda number: 0
threading.setprofile_all_threads(profile)
def square(x): return 9
`,
    "the frame of the test": `import sys
def square(x):
    sys._getframe(1).f_globals['check'] = None
    return 9 if x == 3 else 25
`,
    "the frame of the test, by a traceback": `def square(x):
    try: raise ValueError
    except ValueError as error: error.__traceback__.tb_frame.f_back.f_builtins['abs'] = lambda x: 0
    return 9
`,
    "the frame of the test, by a generator": `def square(x):
    def generate(): yield generator.gi_frame.f_back
    generator = generate()
    next(generator).f_builtins['abs'] = lambda x: 0
    return 9
`,
    "monitoring": `import sys
sys.monitoring.use_tool_id(0, 'x')
sys.monitoring.register_callback(0, sys.monitoring.events.LINE, lambda *about: None)
${WRONG}`,
    "code put in": `def square(x):
    square.__code__ = (lambda x: x * x).__code__
    return 9 if x == 3 else 25
`,
    "an audit hook": `import sys
sys.addaudithook(lambda *about: None)
def square(x): return x * x
`,
    "an AssertionError that is caught by its class": `import builtins
class Never(type):
    def __instancecheck__(self, other): return False
builtins.AssertionError = Never('AssertionError', (Exception,), {})
${WRONG}`,
    "a string that does not end": `${WRONG}"""`,
    "a line that goes on": `${WRONG}if False: \\`,
  }).map(([name, code]) => [name, { code, tests: CHECK }]),
);
